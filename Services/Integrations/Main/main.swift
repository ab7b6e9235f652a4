import Integrations
import ServiceKit

await ServiceProcess.run(
    "integrations", "who may use, change and own an integration, and the teams", defaultPort: 8103,
    configure: { IntegrationsSettings(&$0, $1) },
    start: { try await makeIntegrations($0, $1) })
