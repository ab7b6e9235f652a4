import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import OpenAPI
import ServiceKit

/// `/openapi.json`, `/docs`, `/llms.txt` and `/problems`: responses that are made once, at start.
struct ReferencePages: Sendable {
    private let document: Response
    /// By their last segment.
    private let pages: [String: Response]
    private let directory: Response
    private let search: Search
    private let problems: Response
    /// By code.
    private let problemPages: [String: Response]

    /// Can be cached, but must be revalidated: an update changes it.
    private static let noCache = Response.Field("Cache-Control", "no-cache")
    /// What the parameters of their paths are.
    static let parameters = [GatewayRoutes.pageName, GatewayRoutes.problemCode]

    /// - Parameters:
    ///   - upstreams: the configured services; others have no routes.
    ///   - server: the gateway's public URL.
    init(_ upstreams: [Upstream], server: PublicURL?) throws {
        let pages = EndpointGroup(
            "Reference",
            "These pages, the OpenAPI document and the problems, without a token.",
            path: Self.parameters, GatewayRoutes.pages)
        let hasInvitations = upstreams.contains { $0.name == "invitations" }
        let own =
            GatewayRoutes.groups + [PublicAudit.group, AuthZENRoutes.group]
            + (hasInvitations ? [LinkRoutes.claims] : [])
        let api = try APIDescription(
            own: own, forwarded: upstreams.flatMap(\.groups), pages: pages,
            notices: hasInvitations ? EventCatalog.notices : [], scopes: Scopes.meanings,
            quickStart: .ofPlatforms, version: Version.text, server: server?.text)
        document = Self.response(api.document, "application/json")
        directory = Self.response(api.reference.directory, "text/plain; charset=utf-8")
        search = api.reference.search
        problems = Self.response(api.problems.index)
        problemPages = api.problems.pages.mapValues(Self.response)
        self.pages = api.reference.entries.reduce(into: [:]) { pages, entry in
            pages[entry.name] = Self.response(entry.page)
            pages[entry.name + ".md"] = Self.response(
                entry.markdown, "text/markdown; charset=utf-8")
        }
    }

    private static func response(_ body: [UInt8], _ type: String) -> Response {
        Response(200, fields: [Response.Field("Content-Type", type), noCache], body: body).tagged
    }

    private static func response(_ page: OpenAPI.Page) -> Response {
        Response(
            200,
            fields: [
                Response.Field("Content-Type", "text/html; charset=utf-8"), noCache,
                Response.Field("Content-Security-Policy", page.contentSecurityPolicy),
                Response.Field("Referrer-Policy", "no-referrer"),
            ], body: page.html
        ).tagged
    }

    private func page(_ name: String) throws(Fault) -> Response {
        guard let page = pages[name] else { throw Fault.notFound }
        return page
    }

    var routes: [Route] {
        [
            .now(GatewayRoutes.openAPI) { _ in document },
            .now(GatewayRoutes.reference) { request in
                guard let words = try request.query("q") else { return try page("index") }
                return Self.response(search.page(for: words))
            },
            .now(GatewayRoutes.referencePage) { try page(try $0.path("page")) },
            .now(GatewayRoutes.directory) { _ in directory },
            .now(GatewayRoutes.problems) { _ in problems },
            .now(GatewayRoutes.problem) { request in
                guard let page = problemPages[try request.path("code")] else {
                    throw Fault.notFound
                }
                return page
            },
        ]
    }
}
