using Juming.Platform.Access;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Http;

namespace Juming.Hosting;

/// <summary>The address under which people reach the console, to stand in front of the path of a link.</summary>
internal static class ConsoleAddress
{
    /// <summary>Of a host that runs: the first it listens on, with the port it got. Of one that does not: what its settings say.</summary>
    public static string Of(IServiceProvider services, IEnumerable<string> bound)
    {
        var address = bound.Concat(services.GetRequiredService<WebSettings>().Addresses(services.GetRequiredService<TierDefinition>())).First();
        var parts = BindingAddress.Parse(address);
        // Every address of the machine is listened on: a name that the console answers to says more than 0.0.0.0.
        var host = parts.Host is "*" or "+" or "0.0.0.0" or "[::]" ? services.GetRequiredService<AccessSettings>().AllowedHosts.FirstOrDefault() ?? Environment.MachineName : parts.Host;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{parts.Scheme}://{host}{(parts.Port == 443 ? "" : $":{parts.Port}")}");
    }

    /// <summary>Of a host that runs.</summary>
    public static string Of(WebApplication app) => Of(app.Services, app.Urls);
}
