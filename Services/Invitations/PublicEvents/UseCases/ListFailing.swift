import InvitationsContract
import SQLite

extension WebhooksUseCases {
    /// For the operator.
    package func listFailing(_ query: FailingWebhooksQuery) throws -> FailingWebhooksReply {
        try database.read {
            FailingWebhooksReply(
                webhooks: try FailingWebhookStore.page(
                    after: query.after ?? "", limit: FailingWebhooks.page, in: $0))
        }
    }
}
