// A gRPC client without a proxy: GRPC_XDS_BOOTSTRAP says where the control plane is.
// node client.js TARGET: calls without end, a line for each answer.
const grpc = require('@grpc/grpc-js');
require('@grpc/grpc-js-xds').register();

const bytes = { requestSerialize: b => b, requestDeserialize: b => b, responseSerialize: b => b, responseDeserialize: b => b };
const Names = grpc.makeGenericClientConstructor({ Get: { path: '/test.Names/Get', requestStream: false, responseStream: false, ...bytes } }, 'test.Names');
const client = new Names(process.argv[2], grpc.credentials.createInsecure());

function call() {
  const deadline = new Date(Date.now() + 10000);
  client.Get(Buffer.alloc(0), new grpc.Metadata({ waitForReady: true }), { deadline }, (error, answer) => {
    console.log(error ? `failed: ${error.message}` : answer.toString());
    setTimeout(call, 5);
  });
}
call();
