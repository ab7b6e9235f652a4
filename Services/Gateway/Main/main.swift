import Cell
import Gateway
import Kernel
import ServiceKit

if CommandLine.arguments.dropFirst().first == "admin" {
    await AdminTool.run(Array(CommandLine.arguments.dropFirst(2)))
}
// The agent of a cell is in this program so that there is one less to build and to install.
if CommandLine.arguments.dropFirst().first == "cell" { await CellProcess.run() }

await ServiceProcess.run(
    "gateway",
    "authenticates, admits and forwards requests to Latchkey. Commands: gateway admin --help",
    defaultPort: 8080, healthPort: ("LATCHKEY_INTERNAL_PORT", 8100), data: gatewayData,
    // For LATCHKEY_ADMIN_TOKEN.
    commands: [
        "--make-token": { APIToken.make(prefix: APIToken.keyPrefix, random: SystemRandom()) }
    ],
    configure: { GatewaySettings(&$0, $1) },
    ports: { [$0.internalPort] },
    sealed: { (gatewaySealed, $0.encryptionSecrets) },
    start: { try await startGateway($0, $1) })
