import Foundation
import SQLite
import TestSupport
import Testing

@testable import Gateway

/// Signing in, with the mails that the gateway writes into its data folder.
extension GatewayWorld {
    var mailFolder: String { folder.path + "/mail" }

    /// Every mail to an address, in no order.
    func mails(to email: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: mailFolder)) ?? []
        return files.filter { $0.hasSuffix(".eml") }.compactMap {
            try? String(contentsOfFile: mailFolder + "/" + $0, encoding: .utf8)
        }.filter { $0.contains("\nTo: \(email)\r\n") || $0.contains("\r\nTo: \(email)\r\n") }
    }

    /// Requests a code, and reads it from the mail.
    func newCode(_ email: String) async throws -> String {
        try await code(mailedTo: email) {
            let answer = try await requestCode(email)
            #expect(answer.status == 202 && answer.body.isEmpty, "\(answer.text)")
        }
    }

    /// The code that `request` causes to be mailed. Returns when the mail is marked as sent, so
    /// that nothing changes in the background while a test compares rows.
    func code(mailedTo email: String, by request: () async throws -> Void) async throws -> String {
        let before = Set(mails(to: email))
        try await request()
        let isSent = try await eventually {
            try Set(mails(to: email)).count > before.count && pendingMails() == 0
        }
        #expect(isSent, "no mail")
        let mail = try #require(Set(mails(to: email)).subtracting(before).first)
        let digits = try #require(mail.firstMatch(of: /\b(\d{4}) (\d{4})\b/))
        return String(digits.1 + digits.2)
    }

    func requestCode(_ email: String) async throws -> RawResponse {
        try await api.call("POST", "/api/auth/codes", body: #"{"email":"\#(email)"}"#)
    }

    func signIn(_ email: String, _ code: String) async throws -> RawResponse {
        try await api.call(
            "POST", "/api/auth/sessions", body: #"{"email":"\#(email)","code":"\#(code)"}"#)
    }

    /// How many mails were sent or failed.
    func endedMails() throws -> Int {
        try service.database.read { db in
            try db.row("SELECT count(*) FROM mails WHERE status <> 'pending'") { Int($0.int(0)) }
        } ?? 0
    }

    func pendingMails() throws -> Int {
        try service.database.read { db in
            try db.row("SELECT count(*) FROM mails WHERE status = 'pending'") { Int($0.int(0)) }
        } ?? 0
    }

    /// The audit's actions, in order.
    func actions() throws -> [String] {
        try service.database.read { db in
            try db.rows("SELECT action FROM audit ORDER BY id") { $0.text(0) }
        }
    }

    /// A wrong code.
    func wrong(_ code: String) -> String { code.hasPrefix("1") ? "20000000" : "10000000" }
}
