import InvitationsContract
import Kernel
import SQLite

extension WebhooksUseCases {
    func listDeliveries(
        of webhookId: String, _ status: DeliveryStatus?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Delivery> {
        try database.read { reader in
            let webhook = try Self.webhook(webhookId, of: caller, in: reader)
            return try DeliveryStore.page(of: webhook.id, status, page, in: reader)
        }
    }
}
