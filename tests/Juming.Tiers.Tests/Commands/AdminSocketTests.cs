using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
        await using (var tier = await RunningTier.Start("cloud", folder))
        {
            var socket = tier.Services.GetServices<IHostedService>().OfType<BackgroundService>().Single(s => s.GetType().Name == "AdminSocket");
            for (var i = 0; i < 100 && !File.Exists(Path.Combine(folder, "admin.sock")); i++) await Task.Delay(20);
            Directory.Move(folder, folder + "-gone");
            await socket.StopAsync(CancellationToken.None);
            Assert.That(socket.ExecuteTask!.Status, Is.EqualTo(TaskStatus.RanToCompletion));
            // A job of the tier may have made the folder again to write into it.
            if (Directory.Exists(folder)) Directory.Delete(folder, true);
            Directory.Move(folder + "-gone", folder);
        }
        Directory.Delete(folder, true);
    }
}
