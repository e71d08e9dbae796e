// A gRPC server without a proto file: answers every call of /test.Names/Get with its name.
// node server.js NAME@ADDRESS:PORT...
const grpc = require('@grpc/grpc-js');

const bytes = { requestSerialize: b => b, requestDeserialize: b => b, responseSerialize: b => b, responseDeserialize: b => b };
const service = { Get: { path: '/test.Names/Get', requestStream: false, responseStream: false, ...bytes } };

for (const argument of process.argv.slice(2)) {
  const [name, address] = argument.split('@');
  const server = new grpc.Server();
  server.addService(service, { Get: (call, answer) => answer(null, Buffer.from(name)) });
  server.bindAsync(address, grpc.ServerCredentials.createInsecure(), error => {
    if (error) { console.error(error.message); process.exit(1); }
    console.log(`listening ${name}`);
  });
}
