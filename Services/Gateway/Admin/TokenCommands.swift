import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

extension AdminCommand {
    static let tokenCommands = [
        AdminCommand("tokens list", "List a user's API tokens, newest first", arguments: [user]) {
            call in
            let owner = try await call.session.user(named: call.argument("USER"))
            let table = AdminList(call.output, columns)
            try await call.session.pages("/api/users/\(owner.id)/tokens?", limit: 0) {
                (tokens: [TokenBody]) in try table.add(tokens)
            }
            try table.end(nothing: "The user has no API tokens.")
        },
        AdminCommand(
            "tokens create", "Create an API token for a user",
            details: "The token is printed once, alone in a line on the standard output; the "
                + "database has its SHA-256 only.",
            arguments: [user],
            options: [
                Option("--name", "NAME", required: true, "What the token is for"),
                Option(
                    "--scope", "SCOPE", repeatable: true,
                    "What it is allowed to do, such as entities:write; all scopes by default"),
                Option("--read-only", "Only reads"),
                Option("--days", "NUMBER", "Expires after so many days; never by default"),
            ],
            examples: [
                "gateway admin tokens create ada --name backend --scope access:check > token"
            ]
        ) { try await createToken($0) },
        AdminCommand(
            "tokens revoke", "Revoke a token or end a session",
            details: "By its id, or by the token itself: --secret-file reads it, so that it stands "
                + "in no list of processes. It is refused at the next request.",
            arguments: [Argument("TOKEN", optional: true, "Its id: tok_…")],
            options: [
                Option("--secret-file", "FILE", "Holds the token; - for the standard input")
            ],
            examples: [
                "gateway admin tokens revoke tok_01M7YT9ZKE9AJC5YJET3QB85ZP",
                "gateway admin tokens revoke --secret-file - < leaked-token",
            ]
        ) { try await revoke($0) },
    ]

    private static let columns: [AdminColumn<TokenBody>] = [
        AdminColumn("ID") { $0.id }, AdminColumn("PREFIX") { $0.prefix },
        AdminColumn("ACCESS") { $0.readOnly ? "read-only" : "read-write" },
        AdminColumn("SCOPES") { $0.scopes.joined(separator: " ") },
        AdminColumn("LAST USED") { $0.lastUsedAt?.rfc3339 ?? "never" },
        AdminColumn("EXPIRES") { $0.expiresAt?.rfc3339 ?? "never" },
        AdminColumn("NAME") { $0.name },
    ]

    private static func createToken(_ call: AdminCall) async throws {
        let days = try call.number("--days", default: 0)
        guard days <= 36_500, !call.has("--days") || days > 0 else {
            throw AdminFailure(.usage, "--days must be from 1 to 36500")
        }
        let owner = try await call.session.user(named: call.argument("USER"))
        let now = call.session.clock.now()
        let draft = TokenDraftBody(
            name: call.option("--name") ?? "", scopes: call.options["--scope"] ?? [Scopes.all],
            userId: owner.id, readOnly: call.has("--read-only"),
            expiresAt: days == 0 ? nil : now.adding(seconds: Int64(days) * 86_400))
        try call.showSecret(
            try await call.session.gateway(.post, "/api/tokens", draft, as: TokenBody.self))
    }

    private static func revoke(_ call: AdminCall) async throws {
        let query: TokenQuery
        switch (call.arguments["TOKEN"], call.option("--secret-file")) {
        case (let id?, nil):
            guard id.hasPrefix("tok_") else {
                throw AdminFailure(
                    .usage, "TOKEN must be an id such as tok_…; the token itself belongs in a file")
            }
            query = TokenQuery(id: id)
        case (nil, let path?): query = TokenQuery(secret: try call.session.secret(in: path))
        default: throw AdminFailure(.usage, "give either TOKEN or --secret-file FILE")
        }
        let found: OwnedToken
        do {
            found = try await call.session.ask(
                "gateway", OperatorRoutes.findToken, query, as: OwnedToken.self)
        } catch let failure as AdminFailure where failure.exit == .data {
            throw AdminFailure(.data, "there is no such token; it may have been revoked before")
        }
        let kind = found.isSession ? "sessions" : "tokens"
        try await call.session.gateway(
            .delete, "/api/users/\(found.userId)/\(kind)/\(found.id)")
        guard !call.output.isJSON else { return try call.output.line(JSON.text(found)) }
        try call.output.line(
            found.isSession
                ? "Ended session \(found.id) of \(found.userId)."
                : "Revoked \(found.id) of \(found.userId).")
    }
}
