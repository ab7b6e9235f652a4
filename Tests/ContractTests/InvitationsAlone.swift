import Contract
import EntitiesContract
import Foundation
import GatewayContract
import Invitations
import InvitationsContract
import Kernel
import OrganizationsContract
import ServiceKit
import TestSupport
import Testing

/// The invitations service in this process; the goldens stand in for the services it calls.
struct InvitationsAlone {
    let api: APIClient
    let asked: Asked
    /// Its e-mails.
    private let folder: TemporaryFolder

    /// - Parameters:
    ///   - standing: the golden that says how the caller stands to every entity.
    ///   - body: gets the service, and what stands for entities: once drained it is away.
    static func run(
        _ asked: Asked, standing: String = "entity-standing-answer",
        _ body: (InvitationsAlone, APIServer) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let neighbours = [
            Alone.Neighbour(
                "gateway", asked, [(DirectoryQueries.lookUpUsers, "directory-answer-two")]),
            Alone.Neighbour(
                "entities", asked,
                [
                    (EntityQueries.standing, standing),
                    (EntityQueries.externalIds, "entity-external-ids-answer"),
                ]),
            Alone.Neighbour(
                "organizations", asked, [(OrganizationQueries.storeAccess, "store-access-answer")]),
        ]
        let url = ["LATCHKEY_PUBLIC_URL": "https://latchkey.example"]
        try await Alone.run(neighbours, url, folder: folder) {
            try await makeInvitations(InvitationsSettings(&$0, $1), $2)
        } _: { service, neighbours in
            let alone = InvitationsAlone(
                api: APIClient(port: service.port), asked: asked, folder: folder)
            try await body(alone, try #require(neighbours["entities"]))
        }
    }

    static func identity(_ caller: Caller) -> [String] {
        [Cast.identity(of: caller, for: "invitations"), Cast.request]
    }

    static let entity = "/api/v1/entities/\(Cast.entity)"

    /// Bob's invitation of Ada, with the id and the secrets of the goldens; its path.
    @discardableResult
    func invite() async throws -> String {
        let made = try await api.call(
            "POST", Self.entity + "/invitations",
            body: #"{"email":"Ada@Example.com","message":"Join us"}"#,
            fields: Self.identity(Cast.bob))
        try #require(made.status == 201, "\(made.text)")
        try call(made)
        return try #require(made.field("location"))
    }

    static let workspaces = "/api/v2/workspaces"

    /// Bob's workspace and an invitation of Ada to it, with the ids of the goldens.
    @discardableResult
    func inviteToWorkspace() async throws -> RawResponse {
        let bob = Self.identity(Cast.bob)
        let made = try await api.call(
            "POST", Self.workspaces, body: #"{"name":"Field research"}"#, fields: bob)
        let workspace = try #require(made["id"], "\(made.text)")
        asked.call(workspace, Cast.workspace)
        let invited = try await api.call(
            "POST", "\(Self.workspaces)/\(workspace)/invite",
            body: #"{"invitedEmail":"Ada@Example.com"}"#, fields: bob)
        try #require(invited.status == 200, "\(invited.text)")
        asked.call(try #require(invited["id"]), Cast.workspaceInvitation)
        return invited
    }

    /// The mail that brought it has the link; from now on the goldens' stands for it.
    func readWorkspaceMail() async throws {
        var tag: String?
        let isThere = await eventually {
            tag = mail?.firstMatch(of: /token=[0-9a-f-]{36}\.([A-Za-z0-9_-]{43})/)
                .map { String($0.1) }
            return tag != nil
        }
        #expect(isThere)
        asked.call(try #require(tag), "LinkTag")
    }

    /// From now on the goldens' id and token stand for those of a new invitation.
    func call(_ made: RawResponse) throws {
        let id = try #require(made["id"])
        asked.call(id, Cast.invitation)
        let link = try #require(made["accept_url"])
        asked.call(String(link.split(separator: ".").last ?? ""), "LinkTag")
    }

    /// The mail that brought it has the claim; from now on the goldens' stands for it.
    func readMail() async throws {
        var claim: String?
        let isThere = await eventually {
            claim = mail?.firstMatch(of: /claim=inv_[0-9A-Z]{26}\.([A-Za-z0-9_-]{43})/)
                .map { String($0.1) }
            return claim != nil
        }
        #expect(isThere)
        asked.call(try #require(claim), "MailTag")
        // The goldens have it handed over, which is written down a moment later.
        let isSent = try await eventually {
            try await query(InvitationQueries.view, "invitation-view-query-claim")
                == Golden.text("invitation-view-answer")
        }
        #expect(isSent)
    }

    /// Its last mail, without the line breaks of quoted-printable.
    private var mail: String? {
        let path = folder.path + "/mail/"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return files.sorted().last { $0.hasSuffix(".eml") }.flatMap {
            try? String(contentsOfFile: path + $0, encoding: .utf8)
        }?.replacing("=\r\n", with: "").replacing("=3D", with: "=")
    }

    /// As another service.
    func query(
        _ endpoint: Endpoint, _ golden: String, as name: String = "gateway"
    ) async throws -> String {
        let answer = try await api.call(
            "POST", endpoint.path, body: asked.real(try Golden.text(golden)),
            fields: [Cast.identity(of: name, for: "invitations")])
        #expect(answer.status == 200, "\(endpoint.id): \(answer.text)")
        return asked.golden(answer.text)
    }

    /// Ada accepts, as the gateway reports it.
    func accept() async throws {
        try await readMail()
        let answer = try await query(InvitationQueries.answer, "invitation-answer-command")
        #expect(answer == (try Golden.text("invitation-view-answer-accepted")))
    }
}
