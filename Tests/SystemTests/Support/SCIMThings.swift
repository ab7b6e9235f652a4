/// What schemathesis sends of SCIM where a made-up filter, path or member would end at 400; its
/// hooks (deploy/lib/schemathesis_hooks.py) put it there.
enum SCIMThings {
    private static let query = """
        {"filter": "meta.created pr", "sortBy": "id", "sortOrder": "ascending",
         "startIndex": "1", "count": "5", "attributes": "id", "excludedAttributes": "meta"}
        """
    private static let search = """
        {"filter": "meta.created pr", "sortBy": "id", "attributes": [["id"]],
         "excludedAttributes": [["meta"]]}
        """
    private static let shown = #""attributes": "id", "excludedAttributes": "meta""#

    static let bodies = """
        "listSCIMUsers": \(query), "listSCIMGroups": \(query),
        "searchSCIMResources": \(search), "searchSCIMUsers": \(search),
        "searchSCIMGroups": \(search),
        "createSCIMUser": {\(shown)}, "getSCIMUser": {\(shown)}, "setSCIMUser": {\(shown)},
        "createSCIMGroup": {\(shown), "members": [[]]}, "getSCIMGroup": {\(shown)},
        "setSCIMGroup": {\(shown), "members": [[]]},
        "updateSCIMResources": {"Operations":
            [[{"method": "DELETE", "path": "/Users/usr_x"}]], "failOnErrors": null},
        "updateSCIMUser": {\(shown), "Operations":
            [[{"op": "replace", "path": "active", "value": true}]]},
        "updateSCIMGroup": {\(shown), "Operations":
            [[{"op": "replace", "path": "displayName", "value": "Spare"}]]}
        """
}
