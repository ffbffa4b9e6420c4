// Stands in the bundle for @grpc/proto-loader, which @grpc/grpc-js loads only to serve channelz and ORCA: neither is served here, and
// with protobufjs below it the code takes a megabyte of each daemon.
export function loadSync() {
  throw new Error('protobuf files are not loaded at run time');
}
