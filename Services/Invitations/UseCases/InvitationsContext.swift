import Collaboration
import Kernel
import PublicEvents
import SQLite
import Workspaces
import WriteKit

/// The three parts together, for what concerns more than one of them.
struct InvitationsContext: UseCases {
    let invitations: InvitationsUseCases
    let workspaces: WorkspacesUseCases
    let webhooks: WebhooksUseCases
    let clock: any Clock
    /// How many rows one transaction of a job touches.
    var jobRows = jobSliceRows

    var database: Database { invitations.database }
    var ids: IDMinter { invitations.ids }
    var wrote: @Sendable () -> Void { invitations.wrote }
}
