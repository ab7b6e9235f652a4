import Contract
import HTTPCore
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import WriteKit

/// `GET /api/audit`. The context that owns the named thing answers; without a name, platform admins
/// get the newest entries of all contexts, merged.
struct AuditHandlers: Sendable {
    /// A context whose audit is part of the merged one.
    struct Context: Sendable {
        let upstream: Upstream
        let client: ServiceClient
    }

    let database: Database
    let contexts: [Context]
    let proxy: Proxy

    var routes: [Route] { [.raw(PublicAudit.list) { list($0, $1) }] }

    private func list(_ request: RequestContext, _ exchange: Exchange) {
        do throws(Fault) {
            guard let name = try PublicAudit.service(of: request) else {
                try request.checkQuery()
                return request.answer(exchange) { try await listAll(request) }
            }
            guard let owner = contexts.first(where: { $0.upstream.name == name }) else {
                throw .notFound
            }
            proxy.forward(request, exchange, owner.upstream)
        } catch {
            exchange.refuse(error)
        }
    }

    private func listAll(_ request: RequestContext) async throws -> Response {
        try UserPolicy.requireAuditAccess(request.caller)
        let merge = try AuditMerge(try request.auditFilter(), try request.page())
        return .list(try await merge(sources), for: request)
    }

    /// One that is unavailable causes 503: an audit with gaps proves nothing.
    private var sources: [AuditMerge.Source] {
        let own: AuditMerge.Source = { [database] query in
            try database.read { try AuditStore.tail(query, in: $0) }
        }
        return [own]
            + contexts.map { context in
                { @Sendable query in
                    try await context.client.call(AuditRoutes.tail, query, as: AuditTail.self)
                }
            }
    }
}
