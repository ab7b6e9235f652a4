import Invitations
import ServiceKit

await ServiceProcess.run(
    "invitations", "who is invited to collaborate, and who does", defaultPort: 8104,
    configure: { InvitationsSettings(&$0, $1) },
    start: { try await makeInvitations($0, $1) })
