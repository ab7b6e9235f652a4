import Contract
import FoundationEssentials
import GatewayContract
import HTTPCore
import Kernel
import OpenAPI
import ServiceKit

/// `/openapi.json` and `/docs`: bytes that are made once, at start.
struct Pages: Sendable {
    private let document: CachedPage
    private let reference: CachedPage

    /// - Parameters:
    ///   - upstreams: those that are configured; others have no routes.
    ///   - server: where clients reach the gateway.
    init(_ upstreams: [Upstream], server: String?) throws {
        let pages = EndpointGroup(
            "Reference", "This page and the document behind it, for everybody.",
            GatewayRoutes.pages)
        let api = try APIDescription(
            own: GatewayRoutes.groups, forwarded: upstreams.flatMap(\.groups), pages: pages,
            version: Version.text, server: server)
        document = CachedPage(api.document, "application/json")
        reference = CachedPage(
            api.page.html, "text/html; charset=utf-8",
            fields: [
                Response.Field("Content-Security-Policy", api.page.contentSecurityPolicy),
                Response.Field("Referrer-Policy", "no-referrer"),
            ])
    }

    var routes: [Route] {
        [
            .now(GatewayRoutes.openAPI) { document.answer(to: $0.head) },
            .now(GatewayRoutes.reference) { reference.answer(to: $0.head) },
        ]
    }
}

/// Bytes that never change while the process runs, and the `ETag` by which a client knows.
struct CachedPage: Sendable {
    private let whole: Response
    private let unchanged: Response
    private let tag: String

    init(_ body: [UInt8], _ mediaType: String, fields: [Response.Field] = []) {
        tag = "\"\(Base64URL.encode(Array(SHA256.hash(body).prefix(12))))\""
        let caching = [
            Response.Field("ETag", tag),
            // Kept by anybody, but never shown without asking: it is another after an update.
            Response.Field("Cache-Control", "no-cache"),
        ]
        whole = Response(
            200, fields: [Response.Field("Content-Type", mediaType)] + fields + caching, body: body)
        unchanged = Response(304, fields: caching)
    }

    /// RFC 9110 §13.1.2: compared weakly, one of a list, or `*`.
    func answer(to head: RequestHead) -> Response {
        let given = head.fields.withValue(.ifNoneMatch) { String(decoding: $0, as: UTF8.self) }
        let isCurrent =
            given?.split(separator: ",").contains { part in
                let name = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                return name.elementsEqual("*") || name.elementsEqual(tag)
                    || name.elementsEqual("W/" + tag)
            } ?? false
        return isCurrent ? unchanged : whole
    }
}
