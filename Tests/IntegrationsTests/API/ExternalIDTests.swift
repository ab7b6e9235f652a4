import Contract
import IntegrationsContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Integrations

@Suite struct ExternalIDTests {
    @Test func `integrations have external ids`() async throws {
        try await ServedIntegrations.run { served in
            try await ExternalIDTrial(
                served, "/api/integrations", audit: "integrationId"
            ).run()
        }
    }

    @Test func `teams have external ids`() async throws {
        try await ServedIntegrations.run { served in
            try await ExternalIDTrial(served, "/api/teams", audit: nil).run()
        }
    }

    @Test func `a team is a principal and an owner by its external id`() async throws {
        try await ServedIntegrations.run { served in
            let root = served.user("root", isAdmin: true)
            _ = try await served.send(
                "POST /api/teams", #"{"name":"Crew","externalId":"t/1"}"#, as: root)
            _ = try await served.send("POST /api/integrations", #"{"name":"CRM"}"#, as: root)
            let share = "/api/integrations/crm/shares"
            let put = try await served.send("PUT \(share)/team:ext:t%2F1", as: root)
            #expect(put.status == 200 && put["principalId"] == "team:crew", "\(put.text)")
            #expect(
                try await served.send("GET \(share)/team%3Aext%3At%2F1", as: root).status == 200)
            let unknown = try await served.send("PUT \(share)/team:ext:t", as: root)
            let never = try await served.send("PUT \(share)/team:none", as: root)
            #expect(unknown.status == 422 && unknown.pointers == never.pointers)
            #expect(try await served.send("GET \(share)/team:ext:t", as: root).status == 404)
            let owned = try await served.send(
                "PUT /api/integrations/crm/owner", #"{"teamId":"ext:t\/1"}"#, as: root)
            #expect(owned.status == 200 && owned["ownerId"] == "team:crew")
            let nobody = try await served.send(
                "PUT /api/integrations/crm/owner", #"{"teamId":"ext:none"}"#, as: root)
            #expect(nobody.status == 422 && nobody.pointers == ["/teamId"])
        }
    }

    @Test func `an external id of nobody is an unknown user`() async throws {
        try await ServedIntegrations.run { served in
            let root = served.user("root", isAdmin: true)
            _ = try await served.send("POST /api/teams", #"{"name":"Crew"}"#, as: root)
            _ = try await served.send("POST /api/integrations", #"{"name":"CRM"}"#, as: root)
            for (request, body) in [
                ("PUT /api/teams/crew/members/NAME", nil),
                ("PUT /api/integrations/crm/shares/user:NAME", nil),
                ("DELETE /api/teams/crew/members/NAME", nil),
                ("GET /api/integrations/crm/shares/user:NAME", nil),
                ("PUT /api/integrations/crm/owner", #"{"userId":"NAME"}"#),
            ] as [(String, String?)] {
                var texts: [String] = []
                for name in ["ext:nobody", "nobody"] {
                    let answer = try await served.send(
                        request.replacing("NAME", with: name),
                        body?.replacing("NAME", with: name), as: root)
                    #expect(answer.status == 404 || answer.status == 422)
                    texts.append(answer.text.replacing(name, with: ""))
                }
                #expect(texts[0] == texts[1], "\(request)")
            }
        }
    }
}
