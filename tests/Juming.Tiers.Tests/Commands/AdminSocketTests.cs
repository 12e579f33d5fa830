using Juming.Hosting;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>The socket of administrators' verbs.</summary>
[Category("X7")]
internal sealed class AdminSocketTests
{
    [Test]
    public async Task A_data_folder_that_goes_before_its_host_breaks_no_stop()
    {
        var folder = Cli.Folder();
        await using var services = new ServiceCollection().BuildServiceProvider();
        using var socket = new AdminSocket(services, new TierContext(RunningTier.Definition("cloud"), folder), NullLogger<AdminSocket>.Instance);
        await socket.StartAsync(CancellationToken.None);
        for (var i = 0; i < 100 && !File.Exists(Path.Combine(folder, AdminSocket.FileName)); i++) await Task.Delay(20);
        Directory.Delete(folder, true);
        await socket.StopAsync(CancellationToken.None);
        Assert.That(socket.ExecuteTask!.Status, Is.EqualTo(TaskStatus.RanToCompletion));
    }
}
