import Contract
import HTTPCore
import HTTPServer
import Journal
import Kernel
import SQLite
import ServiceKit

/// `GET /api/audit`. The context that owns the thing answers for it; without one, platform admins
/// see the newest entries of all contexts together.
struct AuditDesk: Sendable {
    /// A context whose audit is part of the whole.
    struct Context: Sendable {
        let upstream: Upstream
        let client: ServiceClient
    }

    /// How many entries of each context are looked at; older ones are found by `from` and `to`.
    static let maximumDepth = 1_000

    let database: Database
    let contexts: [Context]
    let proxy: Proxy

    var routes: [Route] { [.raw(AuditRoutes.list) { list($0, $1) }] }

    private func list(_ request: RequestContext, _ exchange: Exchange) {
        do throws(Fault) {
            guard let subject = try request.auditSubject() else {
                return request.answer(exchange) { try await listAll(request) }
            }
            let name = Self.owner(subject.name)
            guard let owner = contexts.first(where: { $0.upstream.name == name }) else {
                throw .notFound
            }
            proxy.forward(request, exchange, owner.upstream)
        } catch {
            request.refuse(error, on: exchange)
        }
    }

    private static func owner(_ subject: String) -> String {
        switch subject {
        case "entityId": "entities"
        case "organizationId": "organizations"
        case "integrationId": "integrations"
        default: "invitations"
        }
    }

    private func listAll(_ request: RequestContext) async throws -> Response {
        try UserPolicy.mayReadAudit(request.caller)
        let page = try request.page()
        let filter = try request.auditFilter()
        let depth = page.offset + page.size
        guard depth <= Self.maximumDepth else {
            throw Fault.invalid(
                "/page",
                "must stay within the newest \(Self.maximumDepth) entries; narrow from and to")
        }
        let query = AuditTailQuery(filter: filter, limit: depth)
        let tails = try await tails(query)
        // Stable as each list is: newest first, ties by id.
        let merged = tails.flatMap(\.entries).sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        let items = Array(merged.dropFirst(page.offset).prefix(page.size))
        return .list(Page(items, page, total: tails.map(\.total).reduce(0, +)), for: request)
    }

    /// One that can't be had is 503: a proof with gaps is none.
    private func tails(_ query: AuditTailQuery) async throws -> [AuditTail] {
        let own = try database.read { try AuditStore.tail(query, in: $0) }
        return try await withThrowingTaskGroup(of: AuditTail.self) { group in
            for context in contexts {
                group.addTask {
                    try await context.client.call(AuditRoutes.tail, query, as: AuditTail.self)
                }
            }
            var tails = [own]
            for try await tail in group { tails.append(tail) }
            return tails
        }
    }
}
