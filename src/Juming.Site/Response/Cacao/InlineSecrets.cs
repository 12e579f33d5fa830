using System.Text.Json.Nodes;

namespace Juming.Site.Response.Cacao;

/// <summary>Takes secrets out of a playbook before it is kept: exported playbooks name where a secret is, and never hold it.</summary>
internal static class InlineSecrets
{
    /// <summary>Members of a login that hold a secret.</summary>
    public static readonly IReadOnlyList<string> Names = ["password", "private_key", "private_key_password", "token", "oauth_header", "client_secret"];

    /// <summary>Leaves them out and marks the login as kept elsewhere.</summary>
    public static void Drop(JsonObject document)
    {
        if (document["authentication_info_definitions"] is not JsonObject logins) return;
        foreach (var login in logins.Select(l => l.Value).OfType<JsonObject>())
        {
            var dropped = false;
            foreach (var name in Names) dropped |= login.Remove(name);
            if (dropped) login["kms"] = true;
        }
    }
}
