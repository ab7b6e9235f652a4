import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import OpenAPI
import Presentation
import ServiceKit
import Synchronization

/// `/openapi.json`, `/docs`, `/llms.txt` and `/problems`. They are made once, when the first is
/// requested: that takes longer than everything else that the gateway does at start.
struct ReferencePages: Sendable {
    /// What the parameters of their paths are.
    static let parameters = [GatewayRoutes.pageName, GatewayRoutes.problemCode]

    private let pages: FirstUse<RenderedPages>

    /// - Parameter upstreams: the configured services; others have no routes.
    init(_ upstreams: [Upstream], _ settings: GatewaySettings) {
        let (server, brand) = (settings.common.publicURL, settings.brand)
        pages = FirstUse { try RenderedPages(upstreams, server: server, brand) }
    }

    var routes: [Route] {
        [
            .later(GatewayRoutes.openAPI) { _ in try await pages.value.document },
            .later(GatewayRoutes.reference) { request in
                guard let words = try request.query("q") else {
                    return try await pages.value.page("index")
                }
                return try await pages.value.found(words)
            },
            .later(GatewayRoutes.referencePage) { request in
                let name = try request.path("page")
                return try await pages.value.page(name)
            },
            .later(GatewayRoutes.directory) { _ in try await pages.value.directory },
            .later(GatewayRoutes.problems) { _ in try await pages.value.problems },
            .later(GatewayRoutes.problem) { request in
                let code = try request.path("code")
                return try await pages.value.problem(code)
            },
        ]
    }
}

/// A value that is made at its first use, off the event loop.
private final class FirstUse<Value: Sendable>: Sendable {
    private let make: @Sendable () throws -> Value
    private let task = Mutex<Task<Value, any Error>?>(nil)

    init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

    var value: Value {
        get async throws {
            let making = task.withLock { task in
                let making = task ?? Task.detached { [make] in try make() }
                task = making
                return making
            }
            return try await making.value
        }
    }
}

private struct RenderedPages: Sendable {
    let document: Response
    /// By their last segment.
    private let pages: [String: Response]
    let directory: Response
    private let search: Search
    let problems: Response
    /// By code.
    private let problemPages: [String: Response]

    /// Can be cached, but must be revalidated: an update changes it.
    private static let noCache = Response.Field("Cache-Control", "no-cache")

    init(_ upstreams: [Upstream], server: PublicURL?, _ brand: Brand) throws {
        let pages = EndpointGroup(
            "Reference",
            "These pages, the OpenAPI document and the problems, without a token.",
            path: ReferencePages.parameters, GatewayRoutes.pages)
        let hasInvitations = upstreams.contains { $0.name == "invitations" }
        let own =
            GatewayRoutes.groups
            + [PublicAudit.group, AuthZENRoutes.group, OAuthRoutes.group, SCIMRoutes.group]
            + (upstreams.contains { $0.name == "integrations" } ? [SCIMRoutes.groups] : [])
            + (hasInvitations ? [LinkRoutes.claims] : [])
        let api = try APIDescription(
            own: own, forwarded: upstreams.flatMap(\.groups), pages: pages,
            notices: hasInvitations ? EventCatalog.notices : [], scopes: Scopes.meanings,
            quickStart: .ofPlatforms,
            frame: PageFrame(
                version: Version.text, product: brand.name,
                links: (Palette.light(brand.accent).link, Palette.dark(brand.accent).link)),
            server: server?.text)
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

    func page(_ name: String) throws(Fault) -> Response {
        guard let page = pages[name] else { throw Fault.notFound }
        return page
    }

    /// What a search in the reference finds.
    func found(_ words: String) -> Response { Self.response(search.page(for: words)) }

    func problem(_ code: String) throws(Fault) -> Response {
        guard let page = problemPages[code] else { throw Fault.notFound }
        return page
    }
}
