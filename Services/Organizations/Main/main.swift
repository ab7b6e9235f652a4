import Organizations
import ServiceKit

await ServiceProcess.run(
    "organizations", "who belongs together, with which role, and what the stores offer",
    defaultPort: 8102,
    configure: { OrganizationsSettings(&$0, $1) },
    start: { try await makeOrganizations($0, $1) })
