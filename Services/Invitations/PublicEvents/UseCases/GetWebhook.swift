import Kernel
import SQLite

extension WebhooksUseCases {
    func getWebhook(_ id: String, by caller: Caller) throws -> Webhook {
        try database.read { try Self.webhook(id, of: caller, in: $0) }
    }

    func listWebhooks(_ page: PageRequest, by caller: Caller) throws -> Page<Webhook> {
        try database.read { try WebhookStore.page(of: caller.userId, page, in: $0) }
    }
}
