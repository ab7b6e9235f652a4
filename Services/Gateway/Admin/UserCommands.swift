import Contract
import FoundationEssentials
import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

/// A part of a list, as the API answers it.
struct AdminPage<Item: Decodable & Sendable>: Decodable, Sendable {
    let items: [Item]
    let total: Int
}

extension AdminCommand {
    static let user = Argument("USER", "A user: id, e-mail address, username, or ext:EXTERNAL-ID")

    static let userCommands = [
        AdminCommand(
            "users list", "List users, newest first",
            options: [
                Option("--search", "TEXT", "Part of an address, username or display name"),
                Option("--limit", "NUMBER", "How many at most; 0 for all [100]"),
            ], examples: ["gateway admin users list --search @example.com --limit 0"]
        ) { try await list($0) },
        AdminCommand("users show", "Show a user", arguments: [user]) { call in
            try call.show(try await call.session.user(named: call.argument("USER")))
        },
        AdminCommand(
            "users create", "Create a user or platform admin",
            details: "The user can sign in at once, with a code sent to the address. --token "
                + "also creates an API token with all scopes, and prints it once, alone in a line "
                + "on the standard output.",
            options: [
                Option("--email", "ADDRESS", required: true, "E-mail address"),
                Option("--username", "NAME", "Username; made of the address by default"),
                Option("--display-name", "NAME", "Display name; the username by default"),
                Option("--external-id", "ID", "The platform's own id of the user"),
                Option("--admin", "A platform admin"),
                Option("--token", "Create an API token as well"),
            ],
            examples: ["gateway admin users create --admin --email ops@example.com --token"]
        ) { try await create($0) },
        AdminCommand(
            "users role", "Make a user a platform admin, or a member again",
            details: "The last platform admin can't become a member.",
            arguments: [user, Argument("ROLE", "admin or member")]
        ) { call in
            try await change(call) { UserChange(role: call.argument("ROLE")) }
        },
        AdminCommand(
            "users suspend", "Suspend a user",
            details: "Their sessions end, their tokens and all checks of access say no within a "
                + "second. What they were given stays.", arguments: [user]
        ) { call in try await change(call) { UserChange(suspended: true) } },
        AdminCommand(
            "users unsuspend", "End the suspension of a user",
            details: "Their tokens work again; sessions begin anew.", arguments: [user]
        ) { call in try await change(call) { UserChange(suspended: false) } },
    ]

    private static let columns: [AdminColumn<UserBody>] = [
        AdminColumn("ID") { $0.id }, AdminColumn("EMAIL") { $0.email },
        AdminColumn("USERNAME") { $0.username }, AdminColumn("ROLE") { $0.role.rawValue },
        AdminColumn("STATE") { $0.suspended ? "suspended" : "active" },
        AdminColumn("CREATED") { $0.createdAt.rfc3339 },
        AdminColumn("NAME") { $0.displayName },
    ]

    private static func list(_ call: AdminCall) async throws {
        let table = AdminList(call.output, columns)
        let search = call.option("--search").map { "&search=\($0.queryEncoded)" } ?? ""
        let limit = try call.number("--limit", default: 100)
        try await call.session.pages("/api/users?", search, limit: limit) { (users: [UserBody]) in
            try table.add(users)
        } cut: { total in
            call.session.note("\(limit) of \(total) users; --limit 0 lists all")
        }
        try table.end(nothing: "There are no such users.")
    }

    private static func create(_ call: AdminCall) async throws {
        let email = try Text.email(call.option("--email") ?? "", pointer: "")
        let base = UsernameRule.base(email: email)
        let names =
            call.option("--username").map { [$0] }
            ?? [base] + (2...20).map { "\(base)\($0)" }
        var user: UserBody?
        for (index, name) in names.enumerated() where user == nil {
            do {
                user = try await call.session.gateway(
                    .post, "/api/users",
                    UserDraft(
                        email: email, username: name,
                        displayName: call.option("--display-name") ?? name,
                        externalId: call.option("--external-id"),
                        role: call.has("--admin") ? "admin" : "member"), as: UserBody.self)
            } catch let failure as AdminFailure
                where failure.code == GatewayProblems.usernameTaken.code
                && index < names.count - 1
            {
                continue
            }
        }
        guard let user else { throw AdminFailure(.data, "no username is free: give --username") }
        guard call.has("--token") else { return try call.show(user) }
        let token = TokenDraftBody(name: "gateway admin", scopes: [Scopes.all], userId: user.id)
        let made = try await call.session.gateway(
            .post, "/api/tokens", token, as: TokenBody.self)
        if !call.output.isJSON {
            call.session.note("created \(user.role.rawValue) \(user.username) (\(user.id))")
        }
        try call.showSecret(made)
    }

    private static func change(
        _ call: AdminCall, _ change: () -> UserChange
    ) async throws {
        let user = try await call.session.user(named: call.argument("USER"))
        try call.show(
            try await call.session.gateway(
                .patch, "/api/users/\(user.id)", change(), as: UserBody.self))
    }
}

extension AdminCall {
    fileprivate func show(_ user: UserBody) throws(AdminFailure) {
        guard !output.isJSON else { return try output.line(JSON.text(user)) }
        for (name, value) in [
            ("id", user.id), ("email", user.email), ("username", user.username),
            ("name", user.displayName), ("external id", user.externalId ?? ""),
            ("role", user.role.rawValue), ("state", user.suspended ? "suspended" : "active"),
            ("created", user.createdAt.rfc3339),
        ] where !value.isEmpty {
            let gap = String(repeating: " ", count: 13 - name.count)
            try output.line("\(name)\(gap)\(value.shown)")
        }
    }

    /// On the standard output the token is alone, so that it can be piped to where it belongs.
    func showSecret(_ token: TokenBody) throws(AdminFailure) {
        guard !output.isJSON else { return try output.line(JSON.text(token)) }
        session.note("token \(token.id), shown once:")
        try output.line(token.token ?? "")
    }
}

extension AdminSession {
    /// The user whom an argument names.
    func user(named name: String) async throws -> UserBody {
        let none = AdminFailure(.noUser, "there is no user \(name)")
        if let externalId = name.dropPrefix("ext:") {
            let found = try await gateway(
                .get, "/api/users?externalId=\(externalId.queryEncoded)",
                as: AdminPage<UserBody>.self)
            guard let user = found.items.first else { throw none }
            return user
        }
        var query = DirectoryQuery()
        if name.hasPrefix("usr_") {
            query.ids = [name]
        } else if name.contains("@") {
            query.emails = [(try? Text.email(name, pointer: "")) ?? name]
        } else {
            query.usernames = [name]
        }
        let found = try await ask(
            "gateway", DirectoryQueries.lookUpUsers, query, as: DirectoryReply.self)
        guard let id = found.users.first?.id else { throw none }
        return try await gateway(.get, "/api/users/\(id)", as: UserBody.self)
    }

    /// All pages of a list of the API, up to a number of items.
    /// - Parameters:
    ///   - limit: 0 for all.
    ///   - cut: called with the number of all if there are more.
    func pages<Item: Decodable & Sendable>(
        _ path: String, _ filter: String = "", limit: Int,
        _ body: ([Item]) throws -> Void, cut: (Int) -> Void = { _ in }
    ) async throws {
        var (page, count) = (1, 0)
        while true {
            let found = try await gateway(
                .get, "\(path)page=\(page)&pageSize=100\(filter)", as: AdminPage<Item>.self)
            let wanted = limit == 0 ? found.items : Array(found.items.prefix(limit - count))
            try body(wanted)
            count += wanted.count
            if limit > 0, count >= limit, count < found.total { cut(found.total) }
            guard found.items.count == 100, limit == 0 || count < limit else { return }
            page += 1
        }
    }
}

extension String {
    fileprivate func dropPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }

    /// As a value in a query.
    var queryEncoded: String {
        utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122: String(UnicodeScalar(byte))
            default: (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

/// `POST /api/users`
private struct UserDraft: Encodable, Sendable {
    let email: String
    let username: String
    let displayName: String
    let externalId: String?
    let role: String
}

/// `PATCH /api/users/{id}`
private struct UserChange: Encodable, Sendable {
    var role: String?
    var suspended: Bool?
}

/// `POST /api/tokens`
struct TokenDraftBody: Encodable, Sendable {
    let name: String
    let scopes: [String]
    let userId: String
    var readOnly = false
    var expiresAt: Timestamp?
}
