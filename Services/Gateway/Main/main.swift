import Gateway
import ServiceKit

await ServiceProcess.run(
    "gateway", "authenticates, admits and forwards the requests to Latchkey", defaultPort: 8080,
    configure: { GatewaySettings(&$0, $1) },
    start: { try await makeGateway($0, $1) })
