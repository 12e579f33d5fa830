using System.ComponentModel.DataAnnotations;
using System.Net;
using Juming.Platform.Modules;

namespace Juming.Platform.Http;

/// <summary>Where the program may go by itself, and how.</summary>
public sealed class OutboundSettings : IValidatableObject
{
    /// <summary>Inner networks, in CIDR form, in which endpoints may lie that an administrator enters, such as a messenger's gateway or the mail server. Others must be public.</summary>
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>Proxy for HTTP, <c>http://host:port</c>. Empty: none; the environment's is not used.</summary>
    public string Proxy { get; set; } = "";

    /// <summary>The networks, read.</summary>
    public IReadOnlyList<IPNetwork> Networks() => [.. AllowedNetworks.Select(n => IPNetwork.Parse(n))];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var network in AllowedNetworks)
            if (!IPNetwork.TryParse(network, out _)) yield return new SettingProblem(nameof(AllowedNetworks), $"'{network}' is not a network", "networks in CIDR form such as 10.1.0.0/16, or an address with /32");
        if (Proxy.Length > 0 && !(Uri.TryCreate(Proxy, UriKind.Absolute, out var proxy) && proxy.Scheme == "http" && proxy.UserInfo.Length == 0 && proxy.PathAndQuery == "/"))
            yield return new SettingProblem(nameof(Proxy), $"'{Proxy}' is not a proxy", "http://host:port without name and password, or empty");
    }
}
