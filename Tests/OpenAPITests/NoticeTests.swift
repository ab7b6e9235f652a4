import FoundationEssentials
import InvitationsContract
import TestSupport
import Testing

@testable import Contract
@testable import OpenAPI

@Suite struct NoticeTests {
    @Test func `every event that a webhook can name is described, and no other`() throws {
        let document = try World.document()
        guard case .object(let webhooks)? = document["webhooks"] else {
            Issue.record("there are no webhooks")
            return
        }
        #expect(Set(webhooks.keys) == Set(EventTypes.all))
        var ids: Set<String> = []
        for (type, item) in webhooks {
            let content = item.at("post", "requestBody", "content", "application/json")
            let body = document.target(of: content?["schema"])
            let types = document.target(of: body?.at("properties", "type"))
            #expect(types?["enum"]?.texts.contains(type) == true, "\(type)")
            let id = item.at("post", "operationId")?.string
            #expect(id?.hasPrefix("on") == true && ids.insert(id ?? "").inserted)
        }
    }

    @Test func `an example of a message is about things of its kind`() throws {
        for notice in EventCatalog.notices {
            let example = JSONValue(Array(try notice.example.text.utf8))
            #expect(example?["type"]?.string == notice.type)
            #expect(example?.at("subject", "id")?.string == notice.subject.id)
            #expect(example?.at("parent", "type")?.string == notice.parent?.type)
            #expect(example?["data"]?.names.isEmpty == false, "\(notice.type)")
        }
    }

    @Test func `a long text is sent shortened, as the text that its schema says`() throws {
        let document = try World.document()
        let long = AuditValue.text(String(repeating: "ü", count: 300))
        var checked: Set<String> = []
        for states in EventCatalog.events.compactMap(\.declaration.states) {
            for state in [states.before, states.after] {
                for member in state.members where member.kind == .longText {
                    let kept = AuditSnapshot([member.name: long]).bounded
                    let data = try JSONEncoder().encode(kept.snakeCased)
                    guard case .object(let sent)? = JSONValue(Array(data)),
                        let (name, value) = sent.first
                    else {
                        Issue.record("nothing is sent")
                        continue
                    }
                    let schema = document.at(
                        "components", "schemas", state.name, "properties", name)
                    let types =
                        [schema?["type"]].compactMap(\.self) + (schema?["type"]?.items ?? [])
                    #expect(types.contains(.string("string")), "\(state.name).\(name)")
                    #expect(value == .string(String(repeating: "ü", count: 256) + "…"))
                    checked.insert("\(state.name).\(name)")
                }
            }
        }
        #expect(checked.isSuperset(of: ["IntegrationState.description", "WebhookState.url"]))
    }

    @Test func `the page of messages describes the same events`() throws {
        let pages = try World.texts()
        for type in EventTypes.all {
            #expect(pages["messages"]?.contains("id=\"event-\(type)\"") == true)
        }
        for name in ["InvitationEventData", "WorkspaceMemberEventData"] {
            #expect(pages["objects"]?.contains("<h2 id=\"\(name)\">") == true)
        }
    }

    @Test func `webhooks can name the types of all contexts' events, and no others`() {
        #expect(EventTypes.matching(["*"]) == EventTypes.all)
        #expect(
            EventTypes.matching(["share.*"]) == [
                "share.created", "share.removed", "share.passed_on",
            ]
        )
    }
}

extension JSONValue {
    /// What a reference refers to.
    fileprivate func target(of reference: JSONValue?) -> JSONValue? {
        let names = reference?["$ref"]?.string?.split(separator: "/").dropFirst() ?? []
        return names.reduce(Optional(self)) { $0?[String($1)] }
    }
}
