import GatewayClient
import Kernel
import Mail
import SQLite
import WriteKit

/// The use cases of webhooks and of the feed of events: one verb a file, each an extension.
package struct WebhooksUseCases: UseCases {
    package let database: Database
    package let ids: IDMinter
    let random: any RandomSource
    let clock: any Clock
    let directory: any Directory
    /// Which URLs webhooks can use.
    let targets: any WebhookTargets
    let vault: WebhookVault
    let outbox: MailOutbox
    let sender: Mailbox
    /// Called when an e-mail or a delivery was stored.
    package let wrote: @Sendable () -> Void

    /// - Parameter secret: encrypts the secrets of webhooks.
    package init(
        database: Database, ids: IDMinter, random: any RandomSource, clock: any Clock,
        directory: any Directory, targets: any WebhookTargets, secret: [UInt8],
        outbox: MailOutbox, sender: Mailbox, wrote: @escaping @Sendable () -> Void
    ) {
        self.database = database
        self.ids = ids
        self.random = random
        self.clock = clock
        self.directory = directory
        self.targets = targets
        vault = WebhookVault(secret: secret, random: random)
        self.outbox = outbox
        self.sender = sender
        self.wrote = wrote
    }
}
