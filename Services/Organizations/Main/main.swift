import Organizations
import ServiceKit

await ServiceProcess.run(
    "organizations", "organizations, members, roles, storage configuration and stores",
    defaultPort: 8102, data: organizationsData,
    configure: { OrganizationsSettings(&$0, $1) },
    sealed: { (organizationsSealed, $0.encryptionSecrets) },
    start: { try await makeOrganizations($0, $1) })
