-- AlterTable
ALTER TABLE "Vm" ADD COLUMN     "runsWith" JSONB;
