using System.Net.Sockets;
using System.Text.Json;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Juming.Hosting;

/// <summary>
/// <c>DIR/admin.sock</c>: administrators' verbs reach the running host here. One line of JSON in, one out. Whoever may open the socket owns the data folder,
/// so that file permissions (0600 in a folder of 0700) are the authentication.
/// </summary>
internal sealed partial class AdminSocket(IServiceProvider services, TierContext tier, ILogger<AdminSocket> log) : BackgroundService
{
    public const string FileName = "admin.sock";
    private const int LongestLine = 8 * 1024 * 1024;

    // The kernel's limit for the path of a unix socket.
    private const int LongestPath = 107;

    private readonly string _path = Path.Combine(tier.DataFolder, FileName);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_path.Length > LongestPath) LogTooLong(log, _path, LongestPath);
        else await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        File.Delete(_path);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(8);
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stoppingToken);
                _ = Serve(socket, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Forget();
        }
    }

    private void Forget()
    {
        try
        {
            File.Delete(_path);
        }
        catch (DirectoryNotFoundException)
        {
            // The data folder went before its host: the socket went with it.
            return;
        }
    }

    private async Task Serve(Socket socket, CancellationToken ct)
    {
        using (socket)
        await using (var stream = new NetworkStream(socket))
        {
            try
            {
                using var reader = new StreamReader(stream, leaveOpen: true);
                var line = await reader.ReadLineAsync(ct);
                if (line is null || line.Length > LongestLine) return;
                using var document = JsonDocument.Parse(line);
                var answer = await AdminRequests.Run(services, document.RootElement.GetProperty("request").GetString() ?? "", document.RootElement.GetProperty("arguments"), ct);
                var bound = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
                await JsonSerializer.SerializeAsync(stream, answer with { Address = ConsoleAddress.Of(services, bound) }, AdminRequests.Json, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One caller's broken request must not end the listener; the caller sees a closed connection.
                LogFailed(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An administrator's request failed")]
    private static partial void LogFailed(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No admin socket: the path {Path} is longer than {Limit} bytes; administrators' verbs need a shorter data folder or a stopped host")]
    private static partial void LogTooLong(ILogger log, string path, int limit);
}
