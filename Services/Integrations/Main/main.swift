import Integrations
import ServiceKit

await ServiceProcess.run(
    "integrations", "integrations, their shares and owners, and teams",
    defaultPort: 8103, data: integrationsData,
    configure: { IntegrationsSettings(&$0, $1) },
    start: { try await makeIntegrations($0, $1) })
