import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import Kernel
import OpenAPI
import ServiceKit

/// `/openapi.json`, `/docs` and `/problems`: responses that are made once, at start.
struct ReferencePages: Sendable {
    private let document: Response
    private let reference: Response
    private let problems: Response
    /// By code.
    private let problemPages: [String: Response]

    /// Can be cached, but must be revalidated: an update changes it.
    private static let noCache = Response.Field("Cache-Control", "no-cache")

    /// - Parameters:
    ///   - upstreams: the configured services; others have no routes.
    ///   - server: the gateway's public URL.
    init(_ upstreams: [Upstream], server: PublicURL?) throws {
        let pages = EndpointGroup(
            "Reference", "This page, the OpenAPI document and the problems, without a token.",
            path: [GatewayRoutes.problemCode], GatewayRoutes.pages)
        let hasInvitations = upstreams.contains { $0.name == "invitations" }
        let own =
            GatewayRoutes.groups + [PublicAudit.group, AuthZENRoutes.group]
            + (hasInvitations ? [LinkRoutes.claims] : [])
        let api = try APIDescription(
            own: own, forwarded: upstreams.flatMap(\.groups), pages: pages,
            notices: hasInvitations ? InvitationNotices.all : [],
            version: Version.text, server: server?.text)
        document =
            Response(
                200, fields: [Response.Field("Content-Type", "application/json"), Self.noCache],
                body: api.document
            ).tagged
        reference = Self.response(api.page)
        problems = Self.response(api.problems.index)
        problemPages = api.problems.pages.mapValues(Self.response)
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

    var routes: [Route] {
        [
            .now(GatewayRoutes.openAPI) { _ in document },
            .now(GatewayRoutes.reference) { _ in reference },
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
