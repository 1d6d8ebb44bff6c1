#include "broker/store/queues/queue_rebuild.h"

#include <fmt/format.h>

#include "broker/store/queues/consume_queues.h"
#include "broker/store/queues/tags.h"
#include "model/message/sys_flag.h"

namespace gantry::broker::store::queues {

void QueueRebuild::complain(std::string_view topic, std::int32_t id, std::string_view what) {
  if (differs_.empty()) differs_ = fmt::format("queue {} of topic {}: {}", id, topic, what);
}

void QueueRebuild::apply(const model::layout::Record& record) {
  if (!differs_.empty() || !model::message::sys_flag::in_queue(record.sys_flag)) return;
  const QueuePtr queue = queues_.find(record.topic, record.queue_id);
  if (!queue) return;  // its topic was deleted
  const QueueOffset at{record.queue_offset};
  if (at < queue->min()) return;  // expired
  ends_[{queue->topic(), queue->id()}] = at + 1;
  if (at >= queue->max()) return;  // of a topic that was deleted, and begins again
  const model::layout::QueueEntry expected{record.physical_offset, static_cast<std::int32_t>(record.size),
                                           tags_code_of(record, delay_levels_)};
  const auto entries = queue->read(at, 1);
  const bool there = entries && !entries->empty();
  // The entry of a later record with the same offset is of a topic that was deleted and made again.
  if (there && (entries->front() == expected || entries->front().physical_offset > record.physical_offset))
    return;
  complain(record.topic, record.queue_id,
           fmt::format("entry {} is not the record at {}", value(at), record.physical_offset));
}

std::string QueueRebuild::difference() {
  for (const QueuePtr& queue : queues_.all()) {
    const auto end = ends_.find({queue->topic(), queue->id()});
    const QueueOffset is = end == ends_.end() ? queue->min() : end->second;
    if (is != queue->max())
      complain(queue->topic(), queue->id(),
               fmt::format("it ends at {}, the log's records at {}", value(queue->max()), value(is)));
  }
  return differs_;
}

}  // namespace gantry::broker::store::queues
