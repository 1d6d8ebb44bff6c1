#include "model/layout/checkpoint.h"

namespace gantry::model::layout {

Buffer encode(const Checkpoint& checkpoint) {
  Buffer file;
  file.reserve(Checkpoint::bytes);
  ByteWriter to(file);
  to.i64(checkpoint.physic_timestamp);
  to.i64(checkpoint.logics_timestamp);
  to.i64(checkpoint.index_timestamp);
  file.resize(Checkpoint::bytes);
  return file;
}

Result<Checkpoint> read_checkpoint(Bytes file) {
  ByteReader in(file);
  Checkpoint checkpoint;
  checkpoint.physic_timestamp = in.i64();
  checkpoint.logics_timestamp = in.i64();
  checkpoint.index_timestamp = in.i64();
  if (!in.ok()) return Error(Errc::invalid, "the checkpoint file is too short");
  return checkpoint;
}

}  // namespace gantry::model::layout
