import { describe, expect, it } from "vitest";
import { tables } from "../../tableFixture";

/** A board that nests the table of its UART, which is a device too. */
const code = (init: string): string => `
#define TYPE_UART "uart"
#define TYPE_BOARD "board"
typedef struct DeviceState { uint32_t id; } DeviceState;
typedef struct UartState { DeviceState parent_obj; uint32_t level; } UartState;
typedef struct BoardState { DeviceState parent_obj; UartState uart; } BoardState;
static const VMStateDescription vmstate_uart = {
    .name = "uart",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) { VMSTATE_UINT32(level, UartState), VMSTATE_END_OF_LIST() },
};
static const VMStateDescription vmstate_board = {
    .name = "board",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(uart, BoardState, 1, vmstate_uart, UartState),
        VMSTATE_END_OF_LIST()
    },
};
static void uart_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_uart;
}
static void board_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    dc->vmsd = &vmstate_board;
}
static void board_init(Object *obj)
{
    BoardState *s = BOARD(obj);
    ${init}
}
static const TypeInfo uart_info = {
    .name = TYPE_UART, .parent = "device", .instance_size = sizeof(UartState), .class_init = uart_class_init,
};
static const TypeInfo board_info = {
    .name = TYPE_BOARD, .parent = "device", .instance_size = sizeof(BoardState), .class_init = board_class_init,
    .instance_init = board_init,
};
static void register_types(void)
{
    type_register_static(&uart_info);
    type_register_static(&board_info);
}
type_init(register_types)
`;

const found = (init: string): readonly string[] =>
  tables(code(init))
    .of("migrated-twice")
    .map(({ message }) => message);

describe("migrated-twice", () => {
  it.each([
    ["at once", `object_initialize_child(obj, "uart", &s->uart, TYPE_UART);`],
    ["through a local", `UartState *u = &s->uart; object_initialize(u, sizeof(*u), TYPE_UART);`],
  ])("says that a part which is made a device has its own section: %s", (_, init) => {
    expect(found(init)).toEqual([
      "uart is saved twice: as a uart it is a device with a section of its own, by the same table (vmstate_uart).",
    ]);
  });

  it.each([
    ["is only filled in", "s->uart.level = 1;"],
    ["is handed to something without a type", `uart_reset(&s->uart, "uart0");`],
  ])("is silent where the part %s: it has no section", (_, init) => {
    expect(found(init)).toEqual([]);
  });
});
