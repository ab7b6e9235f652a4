import GatewayClient
import Kernel
import Mail
import Presentation
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
    let rights: EventRights
    let vault: WebhookVault
    let outbox: MailOutbox
    let sender: Mailbox
    let look: MailLook
    /// Of owners without one.
    let language: Language
    /// Called when an e-mail or a delivery was stored.
    package let wrote: @Sendable () -> Void

    /// The secrets of webhooks.
    package var sealedValues: SealedValues { vault.sealedValues }

    package func publish(in tx: Transaction) throws {
        try EventRecorder(ids: ids).takeOwn(in: tx)
    }

    /// - Parameters:
    ///   - secrets: encrypt the secrets of webhooks.
    ///   - rightsLifetime: milliseconds for which an answer of another context counts.
    package init(
        database: Database, ids: IDMinter, random: any RandomSource, clock: any Clock,
        directory: any Directory, organizations: any Organizations,
        targets: any WebhookTargets, secrets: SecretList,
        outbox: MailOutbox, sender: Mailbox, look: MailLook, language: Language,
        wrote: @escaping @Sendable () -> Void,
        rightsLifetime: Int = EventRights.lifetime
    ) {
        self.database = database
        self.ids = ids
        self.random = random
        self.clock = clock
        self.directory = directory
        self.targets = targets
        rights = EventRights(
            directory: directory, organizations: organizations, lifetime: rightsLifetime)
        vault = WebhookVault(secrets, random: random)
        self.outbox = outbox
        self.sender = sender
        self.look = look
        self.language = language
        self.wrote = wrote
    }
}
