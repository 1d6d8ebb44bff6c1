#include "model/protocol/admin_headers.h"

#include "model/protocol/header_codec.h"

namespace gantry::model::protocol {

DeleteGroupHeader DeleteGroupHeader::read(FieldReader& in) {
  DeleteGroupHeader header;
  header.group_name = in.name("groupName");
  header.remove_offset = in.flag_or("removeOffset") || in.flag_or("cleanOffset");
  return header;
}

void DeleteGroupHeader::write(Fields& to) const {
  to.add("groupName", group_name);
  to.add("removeOffset", remove_offset);
}

template struct HeaderFields<CreateTopicHeader>;
template struct HeaderFields<TopicHeader>;
template struct HeaderFields<ProducerGroupHeader>;
template struct HeaderFields<ConsumeStatsHeader>;
template struct HeaderFields<TopicGroupHeader>;
template struct HeaderFields<CorrectionOffsetHeader>;
template struct HeaderFields<CloneGroupOffsetHeader>;
template struct HeaderFields<BrokerStatsHeader>;
template struct HeaderFields<ConsumeQueueHeader>;
template struct HeaderFields<QueryMessageHeader>;
template struct HeaderFields<QueryMessageResponseHeader>;
template struct HeaderFields<ViewMessageHeader>;

}  // namespace gantry::model::protocol
