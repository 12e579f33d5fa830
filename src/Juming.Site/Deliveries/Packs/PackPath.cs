using System.Globalization;
using Juming.Platform.Content;

namespace Juming.Site.Deliveries.Packs;

/// <summary>A pack in a signed list: "rules/NAME/VERSION", or the same below "operators/ID/".</summary>
internal sealed record PackPath(ContentTarget Target, string Operator, string Kind, string Name, int Version)
{
    /// <summary>Whose it is, for people.</summary>
    public string Publisher => Operator.Length > 0 ? Operator : "cloud";

    /// <summary>Stands for all versions of it.</summary>
    public string Line => LineOf(Operator, Kind, Name);

    public static string LineOf(string operatorId, string kind, string name) => $"{operatorId}/{kind}/{name}";

    /// <summary>Reads one; null for what is no pack.</summary>
    public static PackPath? Of(ContentTarget target)
    {
        var parts = target.Path.Split('/');
        var own = parts is ["operators", _, ..] ? parts[1] : "";
        if (own.Length > 0) parts = parts[2..];
        return parts is [var kind, var name, var version] && ContentKinds.Packs.Contains(kind) && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && name.Length <= 60
            ? new PackPath(target, own, kind, name, number)
            : null;
    }
}
