using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Juming.Hosting;

/// <summary>The way of administrators' verbs: to the process that holds the data folder, or, where there is none, to a host built here that listens nowhere.</summary>
public static class AdminChannel
{
    /// <summary>Sends a request by its type's name.</summary>
    /// <param name="host">Tier and data folder.</param>
    /// <param name="request">Name of the request's type, such as "AddUser".</param>
    /// <param name="arguments">Its properties; serialised with camel-case names.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="IOException">The folder is held but nobody answers at its socket.</exception>
    public static async Task<AdminAnswer> Send(TierOptions host, string request, object arguments, CancellationToken ct)
    {
        var json = JsonSerializer.SerializeToElement(arguments, AdminRequests.Json);
        using var held = DataFolderLock.TryTake(host.DataFolder);
        if (held is null) return await Ask(host.DataFolder, request, json, ct);
        await using var app = TierHost.Build(host with { Offline = true });
        await app.StartAsync(ct);
        try
        {
            return await AdminRequests.Run(app.Services, request, json, ct) with { Address = ConsoleAddress.Of(app.Services, []) };
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Asks the process that holds the folder.</summary>
    public static async Task<AdminAnswer> Ask(string dataFolder, string request, JsonElement arguments, CancellationToken ct)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(dataFolder, AdminSocket.FileName)), ct);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { request, arguments }, AdminRequests.Json) + "\n"), ct);
            return await JsonSerializer.DeserializeAsync<AdminAnswer>(stream, AdminRequests.Json, ct) ?? throw new IOException("The running process gave no answer.");
        }
        catch (Exception e) when (e is SocketException or JsonException)
        {
            throw new IOException($"The process that holds '{dataFolder}' does not answer; see its log. ({e.Message})", e);
        }
    }
}
