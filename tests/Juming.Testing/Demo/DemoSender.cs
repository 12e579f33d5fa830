using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Juming.Testing.Demo;

/// <summary>Sends the demonstration day to a syslog port over TCP, each device from a loopback address of its own.</summary>
public sealed class DemoSender(IPEndPoint target) : IDisposable
{
    private readonly Dictionary<DemoDevice, Socket> _sockets = [];

    /// <summary>Sends lines in their order, spread over a duration.</summary>
    public async Task Send(IReadOnlyList<DemoLine> lines, TimeSpan over, IProgress<int>? progress, CancellationToken ct)
    {
        const int steps = 200;
        for (var step = 0; step < steps; step++)
        {
            var from = lines.Count * step / steps;
            var to = lines.Count * (step + 1) / steps;
            for (var i = from; i < to; i++) await Send(lines[i], ct);
            progress?.Report(to);
            if (over > TimeSpan.Zero) await Task.Delay(over / steps, ct);
        }
    }

    /// <summary>Sends one line.</summary>
    public async Task Send(DemoLine line, CancellationToken ct)
    {
        if (!_sockets.TryGetValue(line.Device, out var socket))
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            // The whole of 127/8 is this machine on Linux; elsewhere all devices share one address.
            if (OperatingSystem.IsLinux()) socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.1." + ((int)line.Device).ToString(System.Globalization.CultureInfo.InvariantCulture)), 0));
            await socket.ConnectAsync(target, ct);
            _sockets[line.Device] = socket;
        }
        await socket.SendAsync(Encoding.UTF8.GetBytes(line.Text + "\n"), ct);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            // An orderly end, so that what was sent is read to its last line.
            if (socket.Connected) socket.Shutdown(SocketShutdown.Send);
            socket.Dispose();
        }
    }
}
