import Foundation
import SQLite
import TestSupport
import Testing

@testable import Gateway

@Suite struct SignInTests {
    @Test func `a code signs in a new user, once`() async throws {
        try await withGateway { world in
            let code = try await world.newCode("Grace.Hopper@Example.com".lowercased())
            let typed = "\(code.prefix(4))-\(code.suffix(4)) "
            let session = try await world.signIn("Grace.Hopper@Example.com", typed)
            #expect(session.status == 201, "\(session.text)")
            #expect(session.json?["user"]?["username"]?.string == "grace.hopper")
            #expect(session.json?["user"]?["role"]?.string == "member")
            #expect(session["expiresAt"] == "2026-02-14T09:00:00.000Z")
            let token = try #require(session["token"])
            #expect(token.hasPrefix("st_live_"))
            let me = try await world.api.call("GET", "/api/me", token: token)
            #expect(me["email"] == "grace.hopper@example.com")
            #expect(me.json?["scopes"]?.items.compactMap(\.string) == ["*"])
            let again = try await world.signIn("grace.hopper@example.com", code)
            #expect(again.status == 401 && again.code == "invalid_code")
            // A session is neither listed nor revoked as an API token.
            let tokens = try await world.api.call("GET", "/api/tokens", token: token)
            #expect(tokens.json?["total"]?.int == 0)
            let revoked = try await world.api.call(
                "DELETE", "/api/tokens/\(me["tokenId"] ?? "")", token: token)
            #expect(revoked.status == 404)
            let ended = try await world.api.call(
                "DELETE", "/api/auth/sessions/current", token: token)
            #expect(ended.status == 204)
            #expect(try await world.api.call("GET", "/api/me", token: token).status == 401)
        }
    }

    @Test(arguments: [0xFF10, 0x660, 0x966] as [UInt32])
    func `a code can be typed with digits of other scripts`(zero: UInt32) async throws {
        try await withGateway { world in
            let code = try await world.newCode("grace@example.com")
            var typed = String.UnicodeScalarView()
            for byte in code.utf8 {
                if let digit = Unicode.Scalar(zero + UInt32(byte - 48)) { typed.append(digit) }
                if typed.count == 4 { typed.append("\u{FF0D}") }
            }
            let session = try await world.signIn("grace@example.com", " \(String(typed)) ")
            #expect(session.status == 201, "\(session.text)")
        }
    }

    @Test(arguments: ["①", "１x", "½", "Ⅷ"])
    func `characters that only look like digits don't count as digits`(
        _ text: String
    ) throws {
        #expect(try SignInRule.digits(text).utf8.allSatisfy { (48...57).contains($0) } == false)
    }

    @Test func `an existing user signs in to the same account`() async throws {
        try await withGateway { world in
            let ada = try await world.user("ada")
            let code = try await world.newCode("ada@example.com")
            let session = try await world.signIn("ADA@example.com", code)
            #expect(session.json?["user"]?["id"]?.string == ada.id)
            let actions = try world.actions()
            #expect(actions.filter { $0 == "session.began" }.count == 1)
            // A session of a platform admin has the admin's rights.
            let root = try await world.signIn(
                "root@example.com", try await world.newCode("root@example.com"))
            let users = try await world.api.call(
                "GET", "/api/users", token: root["token"] ?? "")
            #expect(users.status == 200)
        }
    }

    @Test func `a taken username gets a number`() async throws {
        try await withGateway { world in
            _ = try await world.user("info")
            for (email, name) in [("info@a.example", "info2"), ("info@b.example", "info3")] {
                let session = try await world.signIn(email, try await world.newCode(email))
                #expect(session.json?["user"]?["username"]?.string == name)
            }
        }
    }

    @Test func `a code expires after five tries, ten minutes or a newer code`()
        async throws
    {
        try await withGateway { world in
            let email = "eve@example.com"
            let first = try await world.newCode(email)
            for _ in 0..<5 {
                #expect(try await world.signIn(email, world.wrong(first)).status == 401)
            }
            #expect(try await world.signIn(email, first).status == 401)
            let second = try await world.newCode(email)
            world.clock.advance(seconds: 600)
            #expect(try await world.signIn(email, second).status == 401)
            let third = try await world.newCode(email)
            let fourth = try await world.newCode(email)
            if third != fourth { #expect(try await world.signIn(email, third).status == 401) }
            #expect(try await world.signIn(email, fourth).status == 201)
        }
    }

    @Test func `a code works only for the address that it was sent to`() async throws {
        try await withGateway { world in
            let code = try await world.newCode("a@example.com")
            _ = try await world.newCode("b@example.com")
            #expect(try await world.signIn("b@example.com", code).status == 401)
            #expect(try await world.signIn("c@example.com", code).status == 401)
            #expect(try await world.signIn("a@example.com", code).status == 201)
        }
    }

    @Test func `the sixth code in an hour gets the same response and is not sent`() async throws {
        try await withGateway { world in
            let email = "eve@example.com"
            for _ in 0..<5 { _ = try await world.newCode(email) }
            let sixth = try await world.requestCode(email)
            #expect(sixth.status == 202)
            // A later mail to another address shows that the request was handled.
            _ = try await world.newCode("other@example.com")
            #expect(world.mails(to: email).count == 5)
            world.clock.advance(seconds: 3_600)
            _ = try await world.newCode(email)
        }
    }

    @Test func `neither the response nor a mail reveals whether a user exists`() async throws {
        try await withGateway(extra: ["LATCHKEY_SIGNUP": "closed"]) { world in
            _ = try await world.user("ada")
            func shape(_ email: String) async throws -> String {
                let answer = try await world.requestCode(email)
                let names = answer.fields.map(\.name).joined(separator: ",")
                return "\(answer.status) \(names) \(answer.text)"
            }
            let unknown = try await shape("nobody@example.com")
            #expect(try await shape("ada@example.com") == unknown)
            // The existing user gets a mail.
            #expect(await eventually { world.mails(to: "ada@example.com").count == 1 })
            #expect(world.mails(to: "nobody@example.com").isEmpty)
            let refused = try await world.signIn("nobody@example.com", "12345678")
            #expect(refused.status == 401 && refused.code == "invalid_code")
            // The same rows exist for both, and wrong codes are counted for both.
            _ = try await world.signIn("ada@example.com", "12345678")
            #expect(await eventually { (try? world.endedMails()) == 2 })
            let tries = try ["ada", "nobody"].map { name in
                try world.service.database.read {
                    try SignInStore.newest(of: "\(name)@example.com", in: $0)?.tries
                }
            }
            #expect(tries == [1, 1])
        }
    }

    @Test func `an expired code is not sent`() async throws {
        let folder = try TemporaryFolder()
        let away = "smtp://127.0.0.1:\(Ports.next())"
        try await withGateway(folder: folder, extra: ["LATCHKEY_EMAIL_URL": away]) { world in
            let wanted = try await world.requestCode("ada@example.com")
            #expect(wanted.status == 202)
            let isWritten = await eventually {
                let code = try? world.service.database.read {
                    try SignInStore.newest(of: "ada@example.com", in: $0)
                }
                return code != nil
            }
            #expect(isWritten)
        }
        let later = FakeClock("2026-01-15T09:10:00.000Z")
        try await withGateway(clock: later, folder: folder) { world in
            #expect(await eventually { (try? world.endedMails()) == 1 })
            #expect(world.mails(to: "ada@example.com").isEmpty)
        }
    }

    @Test func `a clock that ran ahead locks no user out`() async throws {
        let folder = try TemporaryFolder()
        let ahead = FakeClock("2026-01-16T09:00:00.000Z")
        let few = ["LATCHKEY_SIGN_IN_LIMIT": "6"]
        try await withGateway(clock: ahead, folder: folder, extra: few) { world in
            for _ in 0..<5 { _ = try await world.newCode("ada@example.com") }
        }
        try await withGateway(folder: folder, extra: few) { world in
            let code = try await world.newCode("ada@example.com")
            #expect(try await world.signIn("ada@example.com", code).status == 201)
        }
    }

    @Test func `an existing user with the configured address becomes the admin`() async throws {
        let folder = try TemporaryFolder()
        try await withGateway(folder: folder, extra: ["LATCHKEY_ADMIN_TOKEN": ""]) { world in
            for email in ["joe@example.com", "root@example.com"] {
                let code = try await world.newCode(email)
                #expect(try await world.signIn(email, code).status == 201)
            }
        }
        try await withGateway(folder: folder) { world in
            let me = try await world.api.call("GET", "/api/me", token: adminToken)
            #expect(me["email"] == "root@example.com" && me["role"] == "admin")
        }
    }

    @Test(arguments: [
        ("{}", "/email"), (#"{"email":"nonsense"}"#, "/email"), (#"{"email":7}"#, "/email"),
    ])
    func `an invalid address is rejected by its pointer`(_ body: String, _ pointer: String)
        async throws
    {
        try await withGateway { world in
            for (path, more) in [("codes", ""), ("sessions", #""code":"12345678""#)] {
                let comma = body == "{}" || more.isEmpty ? "" : ","
                let answer = try await world.api.call(
                    "POST", "/api/auth/\(path)", body: body.dropLast() + comma + more + "}")
                #expect(answer.status == 422, "\(answer.text)")
                #expect(answer.json?["errors"]?[0]?["pointer"]?.string == pointer)
            }
        }
    }

    @Test(arguments: ["", String(repeating: "1", count: 33)])
    func `a code of impossible length is rejected`(_ code: String) async throws {
        try await withGateway { world in
            let answer = try await world.signIn("ada@example.com", code)
            #expect(answer.status == 422, "\(answer.text)")
            #expect(answer.json?["errors"]?[0]?["pointer"]?.string == "/code")
        }
    }

    @Test func `of concurrent sign-outs of one session one succeeds`()
        async throws
    {
        try await withGateway { world in
            let code = try await world.newCode("ada@example.com")
            let token = try await world.signIn("ada@example.com", code)["token"] ?? ""
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await world.api.call(
                            "DELETE", "/api/auth/sessions/current", token: token
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 204 }.count == 1)
            #expect(statuses.filter { $0 == 401 }.count == 15)
        }
    }
}
