import type { Sentences } from '../sentences';

/** More of what the server says: causes and next steps of problems that few people meet. */
export const problems: Sentences = [
  // Machines.
  ['"{}" is {}. {}', '“{}”现在不允许此操作。{3}'],
  ['"{}" is {}.', '“{}”现在不允许此操作。'],
  ['Another machine has this name.', '已有虚拟机使用此名称。'],
  ['This host has {}; a machine cannot have more.', '此主机有 {}；虚拟机不能超过它。'],
  ['A monitor runs for this machine.', '此虚拟机的监视器正在运行。'],
  [
    'Run `npm run build` and start the machine again.',
    '请运行 `npm run build`，然后重新启动虚拟机。',
  ],
  [
    'Try again. If it stays so, stop the machine and start it anew.',
    '请重试。如果仍然如此，请停止虚拟机再重新启动。',
  ],
  ['The monitor process of this machine is gone{}.', '此虚拟机的监视器进程已不存在{}。'],
  ['The monitor process of this machine is gone.', '此虚拟机的监视器进程已不存在。'],
  [
    'Start the machine again. If nobody ended the process, look into the kernel log (dmesg) for the out-of-memory killer and into the monitor log for its last words.',
    '请重新启动虚拟机。如果没有人结束该进程，请在内核日志（dmesg）中查找内存不足的记录，并查看监视器日志的最后内容。',
  ],
  [
    'The monitor (pid {}) of this machine runs but cannot be used: {}.',
    '此虚拟机的监视器（pid {}）在运行但无法使用：{}。',
  ],
  [
    'End it with `kill {}` before you start the machine again.',
    '请先用 `kill {}` 结束它，再重新启动虚拟机。',
  ],
  [
    'This machine ran when the console stopped, and now nothing is left of its monitor.',
    '控制台停止时此虚拟机在运行，现在它的监视器已不存在。',
  ],
  [
    'A monitor (pid {}) runs for the machine {}, which this console does not know.',
    '有一个监视器（pid {}）在为虚拟机 {} 运行，而此控制台不认识它。',
  ],
  [
    'It is left alone. If nobody needs it, end it with `kill {}`.',
    '它没有被改动。如果没有人需要它，请用 `kill {}` 结束它。',
  ],
  [
    'Load the kernel module (modprobe kvm_intel or kvm_amd) and turn on virtualisation in the firmware; inside a virtual machine its host must allow nested virtualisation.',
    '请加载内核模块（modprobe kvm_intel 或 kvm_amd）并在固件中启用虚拟化；如在虚拟机内，其主机须允许嵌套虚拟化。',
  ],
  [
    'Look into the kernel log (dmesg) for messages of kvm.',
    '请在内核日志（dmesg）中查看 kvm 的消息。',
  ],

  // Crashes.
  ['vCPU {}: {}', 'vCPU {}：{}'],
  ["the guest's kernel panicked", '客户机内核发生 panic'],
  ['the guest took a triple fault', '客户机发生三重故障'],
  ['the guest came to a breakpoint nobody set', '客户机遇到了没有人设置的断点'],
  ['this host cannot run an instruction of the guest', '此主机无法执行客户机的一条指令'],
  ['KVM_RUN failed with errno {}', 'KVM_RUN 失败，errno 为 {}'],
  ['KVM exit reason {} is not known here', '未知的 KVM 退出原因 {}'],
  ['KVM gave up with internal error {}', 'KVM 因内部错误 {} 而放弃'],
  ['the machine could not boot again: {}', '虚拟机无法再次引导：{}'],
  [
    'A kernel panic with immediate reboot ends so: read the last lines of the console, then start again.',
    '内核 panic 后立即重启就会这样结束：请查看终端最后几行，然后重新启动。',
  ],
  [
    "This host's KVM lacks the instruction shown: use the default image, or a host with VMX or SVM.",
    '此主机的 KVM 不支持所示指令：请使用默认镜像，或有 VMX 或 SVM 的主机。',
  ],
  [
    'The registers are not ones this processor accepts: report it with this page.',
    '处理器不接受这些寄存器的值：请附上此页面报告问题。',
  ],
  ["See the host kernel's log for what KVM says of it.", '请在主机内核日志中查看 KVM 的说明。'],
  [
    'Report it with this page: the monitor should know every exit.',
    '请附上此页面报告问题：监视器应当认识每一种退出。',
  ],
  ["See the monitor's log.", '请查看监视器的日志。'],
  [
    'Read the last lines of the console for the reason, then start the machine again.',
    '请在终端最后几行中查看原因，然后重新启动虚拟机。',
  ],

  // Disks and images.
  ['Another disk has this name.', '已有磁盘使用此名称。'],
  ['Another image has this name.', '已有镜像使用此名称。'],
  ['The disk "{}" is {}.', '磁盘“{}”现在不能使用（{}）。'],
  ['Wait until its task is done.', '请等待其任务完成。'],
  [
    'Look at the disk for why. Detach it, and delete it if it cannot be repaired.',
    '请查看该磁盘了解原因。请将其分离，如无法修复则删除。',
  ],
  ['Stop that machine and detach the disk first.', '请先停止那台虚拟机并分离磁盘。'],
  ['There is nothing to detach.', '没有可分离的。'],
  ['The disk "{}" is at place {} of this machine.', '磁盘“{}”位于此虚拟机的第 {} 位。'],
  [
    'Choose another place, or leave it out to take the first free one.',
    '请选择另一个位置，或省略以使用第一个空位。',
  ],
  ['Detach one of them first.', '请先分离其中一块。'],
  ['The disk has {} bytes; a disk never shrinks.', '磁盘有 {} 字节；磁盘不能缩小。'],
  ['The image has {} bytes; a copy cannot have less.', '镜像有 {} 字节；副本不能更小。'],
  [
    "The file system of the data directory cannot set aside a file's space, or not as much.",
    '数据目录的文件系统无法预留文件空间，或空间不足。',
  ],
  [
    'Make a sparse disk instead, or keep the data directory on ext4 or XFS.',
    '请改用稀疏磁盘，或将数据目录放在 ext4 或 XFS 上。',
  ],
  [
    'The disk "{}" has grown, but the machine "{}" could not be told.',
    '磁盘“{}”已扩大，但无法通知虚拟机“{}”。',
  ],
  [
    'It will see the new size when it is stopped and started.',
    '停止并重新启动后，它会看到新的大小。',
  ],
  ['The file {} belongs to no disk this console knows.', '文件 {} 不属于此控制台所知的任何磁盘。'],
  ['The file {} belongs to no image this console knows.', '文件 {} 不属于此控制台所知的任何镜像。'],
  [
    'It may be of a time after the database was last saved. Remove it if nobody needs it.',
    '它可能产生于数据库上次保存之后。如果没有人需要它，请删除。',
  ],
  [
    'The file of {} is not in the data directory, or is shorter than it was.',
    '{} 的文件不在数据目录中，或比原来短。',
  ],
  [
    'If a disk of the host is not mounted, mount it and restart the console. Else delete this and make it again.',
    '如果主机有磁盘未挂载，请挂载后重启控制台。否则请删除后重新制作。',
  ],
  [
    'It could not be made, or was lost. Why is not kept any more.',
    '它未能制作完成，或已丢失。原因已不再保留。',
  ],
  ['Delete it, and make it again.', '请删除后重新制作。'],
  ['Choose an image of the kind {}.', '请选择类型为 {} 的镜像。'],
  ['Check where it comes from, and bring it again.', '请检查其来源，然后重新提供。'],
  ['The file at that address has more than {} bytes.', '该地址的文件超过 {} 字节。'],
  [
    'Check the address; if it is the right one, allow more with maxBytes.',
    '请检查地址；如果无误，请用 maxBytes 放宽限制。',
  ],
  [
    'qemu-img could not read the disk image; it ended with {}.',
    'qemu-img 无法读取磁盘镜像；其结束状态为 {}。',
  ],
  [
    'Check it with `qemu-img check` where it comes from, or bring it as raw.',
    '请在来源处用 `qemu-img check` 检查，或以 raw 格式提供。',
  ],
  [
    'The disk image {}, and a console opens no file because an image names it.',
    '磁盘镜像引用了其他文件（{}），而控制台不会因镜像的指定打开文件。',
  ],
  [
    'Make one whole file of it where it comes from: qemu-img convert -O qcow2 OLD NEW.',
    '请在来源处将其合并为一个完整文件：qemu-img convert -O qcow2 OLD NEW。',
  ],
  [
    'The disk in this image has {} bytes; this console takes at most {}.',
    '此镜像中的磁盘有 {} 字节；此控制台最多接受 {}。',
  ],
  ['Make the disk smaller where it comes from.', '请在来源处缩小磁盘。'],
  [
    'This disk image has to be converted to raw by `qemu-img`, and the host has no such program.',
    '此磁盘镜像须用 `qemu-img` 转换为 raw，而主机没有此程序。',
  ],
  ['Beginning', '正在开始'],

  // Uploads.
  ['The chunk begins at {}, but {} bytes are here.', '分块从 {} 开始，但此处已有 {} 字节。'],
  ['Go on at {}.', '请从 {} 处继续。'],
  [
    'The upload was announced with {} bytes, and more came.',
    '上传声明的大小为 {} 字节，而收到的更多。',
  ],
  ['Delete it and begin again with the right size.', '请删除它，并以正确的大小重新开始。'],
  [
    'The connection ended, or nothing came for too long; {} bytes are here.',
    '连接已断开，或太久没有数据；此处已有 {} 字节。',
  ],
  ['A later request has taken this upload over.', '后来的请求已接管此上传。'],
  ['Send an upload by one request at a time.', '请一次只用一个请求发送上传。'],
  ['{} of {} bytes are here.', '共 {2} 字节，已收到 {1} 字节。'],
  ['An image is being made of this upload.', '正在用此上传制作镜像。'],
  [
    'Make it smaller. An administrator can allow more in the settings.',
    '请缩小它。管理员可在设置中放宽限制。',
  ],
  ['Complete or delete some of them first.', '请先完成或删除其中一些。'],
  [
    'Send the bytes with Content-Type: application/octet-stream.',
    '请以 Content-Type: application/octet-stream 发送数据。',
  ],

  // Tasks and recordings.
  [
    'The console ended {} times while this was under way, so it was not begun again.',
    '进行期间控制台结束了 {} 次，因此不再重新开始。',
  ],
  [
    'Look into the log of the console for why it ended before you begin it again.',
    '重新开始之前，请查看控制台日志了解其结束原因。',
  ],
  ['This was cancelled by the console.', '已被控制台取消。'],
  ['There is nothing left to cancel.', '没有可取消的。'],
  [
    'Wait until some have ended, or cancel those nobody needs.',
    '请等待一些任务结束，或取消不需要的任务。',
  ],
  [
    'Begin it again. If it fails again, the log of the console says more.',
    '请重新开始。如果再次失败，请查看控制台的日志。',
  ],
  ['There is nothing to stop.', '没有可停止的。'],

  // People.
  ['Another user has this name.', '已有用户使用此名称。'],
  ['This is not your password.', '这不是您的密码。'],
  [
    'A user may have {} tokens, those that have expired among them.',
    '一位用户最多有 {} 个令牌，包括已过期的。',
  ],
  [
    'Make a token with another scope. Passwords and tokens are changed by people who signed in.',
    '请创建其他权限的令牌。密码和令牌须由已登录的用户更改。',
  ],
  ['Make a new one in the settings of the console.', '请在控制台的设置中创建新的。'],

  // Requests that no page sends, but a proxy or a script may.
  ['Not the nextCursor of a page.', '不是分页的 nextCursor。'],
  [
    'Send JSON with Content-Type: application/json.',
    '请以 Content-Type: application/json 发送 JSON。',
  ],
  ['The body cannot be read as JSON: {}.', '请求正文不是有效的 JSON：{}。'],
  ['Check that the whole body was sent, in UTF-8.', '请检查正文是否完整，并使用 UTF-8。'],
  ['The connection broke off before the whole body was there.', '正文尚未收完，连接就断开了。'],
  ['Send the request again.', '请重新发送请求。'],
  ['The body is larger than {} bytes.', '正文超过 {} 字节。'],
  ['Send only the fields the API knows.', '请只发送 API 认识的字段。'],
  ['Encode the path with percent-encoding.', '请对路径进行百分号编码。'],
  ['{} is not possible here.', '此处不支持 {}。'],
  ['Use {}.', '请使用 {}。'],
  ['Only consoles of machines are opened by an upgrade.', '只有虚拟机的终端可以升级连接。'],
  ['Leave the Upgrade header out.', '请去掉 Upgrade 标头。'],
  ['The If-Match header holds no ETag of this resource.', 'If-Match 标头不是此资源的 ETag。'],
  [
    'Send the ETag that the resource came with, quotes included, or leave the header out.',
    '请发送该资源附带的 ETag（含引号），或去掉此标头。',
  ],
  [
    'The Idempotency-Key is empty, too long, or holds characters that cannot be printed.',
    'Idempotency-Key 为空、过长或含有不可打印的字符。',
  ],
  [
    'Send up to 128 printable characters, for example a UUID.',
    '请发送最多 128 个可打印字符，例如 UUID。',
  ],
  [
    'A request with this Idempotency-Key is being answered.',
    '使用此 Idempotency-Key 的请求正在处理。',
  ],
  ['This Idempotency-Key came with another request.', '此 Idempotency-Key 已用于其他请求。'],
  ['Make a new key for each thing that is to be made.', '请为每个要创建的对象使用新的键。'],
  ['The request comes from a page of another site.', '请求来自其他站点的页面。'],
  [
    'Open the console by its own address. Behind a proxy, set VIRTDECK_ORIGIN to the address people open.',
    '请用控制台自己的地址打开它。如在代理之后，请将 VIRTDECK_ORIGIN 设为人们打开的地址。',
  ],
  ['Ask for a new one with POST …/console-tickets.', '请用 POST …/console-tickets 获取新的票据。'],
];
