import Contract
import GatewayContract
import HTTPCore
import InvitationsContract
import OpenAPI
import ServiceKit

/// `/openapi.json` and `/docs`: responses that are made once, at start.
struct ReferencePages: Sendable {
    private let document: Response
    private let reference: Response

    /// Can be cached, but must be revalidated: an update changes it.
    private static let noCache = Response.Field("Cache-Control", "no-cache")

    /// - Parameters:
    ///   - upstreams: the configured services; others have no routes.
    ///   - server: the gateway's public URL.
    init(_ upstreams: [Upstream], server: PublicURL?) throws {
        let pages = EndpointGroup(
            "Reference", "This page and the OpenAPI document, without a token.",
            GatewayRoutes.pages)
        let hasInvitations = upstreams.contains { $0.name == "invitations" }
        let own =
            GatewayRoutes.groups + [PublicAudit.group]
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
        reference =
            Response(
                200,
                fields: [
                    Response.Field("Content-Type", "text/html; charset=utf-8"), Self.noCache,
                    Response.Field("Content-Security-Policy", api.page.contentSecurityPolicy),
                    Response.Field("Referrer-Policy", "no-referrer"),
                ], body: api.page.html
            ).tagged
    }

    var routes: [Route] {
        [
            .now(GatewayRoutes.openAPI) { _ in document },
            .now(GatewayRoutes.reference) { _ in reference },
        ]
    }
}
