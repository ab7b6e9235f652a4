import ObjectStorage
import Organizations
import ServiceKit

// A bucket is proved by a process of this executable.
await GuardedProof.answerIfAsked()
await ServiceProcess.run(
    "organizations", "who belongs together, with which role, and what the stores offer",
    defaultPort: 8102,
    configure: { OrganizationsSettings(&$0, $1) },
    start: { try await makeOrganizations($0, $1) })
