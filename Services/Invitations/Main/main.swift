import Invitations
import ServiceKit

await ServiceProcess.run(
    "invitations", "invitations, collaborators, workspaces and webhooks",
    defaultPort: 8104, data: invitationsData,
    configure: { InvitationsSettings(&$0, $1) },
    sealed: { (invitationsSealed, $0.encryptionSecrets) },
    start: { try await makeInvitations($0, $1) })
