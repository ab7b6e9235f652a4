import Contract
import HTTPCore
import InvitationsContract
import Kernel
import ServiceKit
import Webhooks

/// The URL table of webhooks and events.
package struct WebhooksAPI: Sendable {
    let useCases: WebhooksUseCases
    private let faults: CrashPoints

    package init(useCases: WebhooksUseCases, faults: CrashPoints) {
        self.useCases = useCases
        self.faults = faults
    }

    package var routes: [Route] {
        [
            .change(WebhookRoutes.createWebhook) { try await createWebhook($0) },
            .now(WebhookRoutes.listWebhooks) { request in
                let page = try useCases.listWebhooks(
                    try request.page(.snakeCase), by: request.caller)
                return .list(page.map { WebhookBody($0) }, for: request, style: .snakeCase)
            },
            .now(WebhookRoutes.getWebhook) { request in
                .resource(
                    WebhookBody(
                        try useCases.getWebhook(try request.path("id"), by: request.caller)))
            },
            .change(WebhookRoutes.updateWebhook) { try await updateWebhook($0) },
            .change(WebhookRoutes.deleteWebhook) { try await deleteWebhook($0) },
            .change(WebhookRoutes.rotateWebhookSecret) { try await rotateSecret($0) },
            .change(WebhookRoutes.testWebhook) { request in
                try await request.commit(
                    try useCases.testWebhook(
                        try request.path("id"),
                        try request.decodeIfPresent(WebhookTestBody.self)?.type
                            ?? InvitationEvents.test, by: request.caller),
                    current: .webhook
                ) { .json(202, DeliveryBody($0)) }
            },
            .now(WebhookRoutes.listWebhookDeliveries) { try listDeliveries($0) },
            .now(WebhookRoutes.getWebhookDelivery) { request in
                .resource(
                    DeliveryDetailsBody(
                        try useCases.getDelivery(
                            of: try request.path("eventId"), to: try request.path("id"),
                            by: request.caller)))
            },
            .now(FailingWebhooks.list) {
                .json(try useCases.listFailing(try $0.decode(FailingWebhooksQuery.self)))
            },
            .change(WebhookRoutes.redeliverEvent) { request in
                try await request.commit(
                    useCases.redeliver(
                        try request.path("eventId"), to: try request.path("id"),
                        by: request.caller), current: .exists
                ) { .json(202, DeliveryBody($0)) }
            },
            .change(WebhookRoutes.redeliverEvents) { request in
                let body = try request.decode(RedeliverBody.self)
                return try await request.commit(
                    useCases.redeliverAll(
                        try MissedEvents(body), to: try request.path("id"), by: request.caller),
                    current: .webhook
                ) { .json(202, RedeliveredBody(queued: $0)) }
            },
            .later(WebhookRoutes.listEvents) { try await listEvents($0) },
            .later(OutgoingEvents.deliver) { request in
                faults.reach(.eventsReceived)
                let added = try await useCases.receive(try request.decode(OutgoingEvents.self))
                faults.reach(.eventsStored)
                return .json(OutgoingEvents.Receipt(added: added))
            },
        ]
    }

    private func createWebhook(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewWebhookBody.self)
        var validation = Validation()
        _ = validation.check(try WebhookURL(body.url, pointer: "/url"))
        let scope = validation.check(
            try FeedScope(body.scope, body.organizationId, of: request.caller))
        let draft = validation.check(
            try WebhookDraft(
                in: scope ?? .own(userId: request.caller.userId), url: body.url,
                events: body.events, isEnabled: body.enabled))
        guard let draft, validation.fields.isEmpty else { throw Fault.invalid(validation.fields) }
        let change = useCases.createWebhook(draft, by: request.caller)
        return try await request.commit(
            change, current: .exists,
            kept: { .created(WebhookBody($0.webhook), location: $0.webhook.path) },
            answer: {
                .created(
                    WebhookBody($0.webhook, secret: $0.secret.text), location: $0.webhook.path)
            })
    }

    private func updateWebhook(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(WebhookPatchBody.self)
        let update = try WebhookUpdate(
            url: body.url, events: body.events, isEnabled: body.enabled)
        return try await request.commit(
            useCases.updateWebhook(try request.path("id"), update, by: request.caller),
            current: .webhook
        ) { .resource(WebhookBody($0)) }
    }

    private func deleteWebhook(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.deleteWebhook(try request.path("id"), by: request.caller),
            current: .webhook
        ) { .noContent }
    }

    private func rotateSecret(_ request: RequestContext) async throws -> Committed {
        try await request.commit(
            useCases.rotateSecret(of: try request.path("id"), by: request.caller),
            current: .webhook, kept: { .json(WebhookBody($0.webhook)) },
            answer: { .json(WebhookBody($0.webhook, secret: $0.secret.text)) })
    }

    private func listDeliveries(_ request: RequestContext) throws -> Response {
        let status = try request.word("status", of: DeliveryStatus.self)
        let page = try useCases.listDeliveries(
            of: try request.path("id"), status, try request.page(.snakeCase), by: request.caller)
        return .list(page.map { DeliveryBody($0) }, for: request, style: .snakeCase)
    }

    /// The exact bytes that webhooks receive, in an envelope.
    private func listEvents(_ request: RequestContext) async throws -> Response {
        let after = try request.number(
            "after", in: 0...WebhookLimits.maximumSequence, else: 0)
        let limit = try request.number(
            "limit", in: WebhookLimits.feed, else: WebhookLimits.feed.upperBound)
        let scope = try FeedScope(
            try request.query("scope"), try request.query("organization_id"), of: request.caller)
        let page = try await useCases.listEvents(
            in: scope, try EventFilter(request), after: after, limit: limit, by: request.caller)
        let list = page.events.map(\.json).joined(separator: ",")
        let body =
            #"{"data":[\#(list)],"has_more":\#(page.hasMore),"next_after":\#(page.next)}"#
        var response = Response(200, body: Array(body.utf8))
        response.add("Content-Type", "application/json")
        if page.hasMore {
            let next = request.target(with: [("after", page.next), ("limit", limit)])
            response.add("Link", "<\(next)>; rel=\"next\"")
        }
        return response
    }
}

extension FeedScope {
    /// As a request names it.
    fileprivate init(
        _ word: String?, _ organizationId: String?, of caller: Caller
    ) throws(Fault) {
        var scope = EventScope.own
        if let word { scope = try Text.word(word, pointer: "/scope") }
        guard (scope == .organization) == (organizationId != nil),
            let named = FeedScope(scope, userId: caller.userId, organizationId: organizationId)
        else {
            throw .invalid(
                "/organization_id", "must be given with the scope organization, and only there")
        }
        self = named
    }
}

extension EventFilter {
    fileprivate init(_ request: RequestContext) throws(Fault) {
        if let type = try request.query("type") {
            guard EventTypes.subscribable.contains(type) else {
                throw .invalid("/type", Text.rule(among: EventTypes.subscribable))
            }
            pattern = EventPattern(text: type)
        }
        subject = try request.query("subject")
        order = try request.word("order", of: EventOrder.self) ?? .ascending
    }
}

extension MissedEvents {
    fileprivate init(_ body: RedeliverBody) throws(Fault) {
        since = body.since
        until = body.until
        if let events = body.events {
            types = try EventPattern.checked(events).map { EventPattern(text: $0) }
        }
    }
}

extension Current<Webhook> {
    fileprivate static var webhook: Self { .shown { WebhookBody($0) } }
}

extension WebhookBody {
    init(_ webhook: Webhook, secret: String? = nil) {
        self.init(
            id: webhook.id, url: webhook.url, scope: webhook.scope.word,
            organizationId: webhook.scope.organizationId, events: webhook.events,
            enabled: webhook.isEnabled, disabledReason: webhook.disabledReason,
            createdAt: webhook.createdAt, secret: secret)
    }
}

extension Webhook {
    fileprivate var path: String { "/api/v1/webhooks/\(id)" }
}

extension DeliveryBody {
    init(_ delivery: Delivery) {
        self.init(
            eventId: delivery.eventId, type: delivery.type, status: delivery.status,
            attempts: delivery.attempts, lastStatus: delivery.lastStatus,
            lastError: delivery.lastError,
            nextAttemptAt: delivery.nextAt.map { max($0, delivery.createdAt) },
            createdAt: delivery.createdAt, deliveredAt: delivery.deliveredAt)
    }
}
