// {sample}
const server = require("node:http").createServer((request, response) => response.end("ok\n"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
server.listen(8080);
